namespace Rondo.Charts.Pages;

/// <summary>
/// What a page does where scripts run: sets the series that is pointed at or focused off from the others, and switches
/// between light and dark. Without it everything can be read.
/// </summary>
internal static class PageScript
{
    public const string Text = """
        (()=>{const root=document.documentElement,body=document.body,button=document.getElementById('theme'),
        all=[...document.querySelectorAll('[data-k]')],
        show=k=>{body.classList.toggle('iso',!!k);all.forEach(e=>e.classList.toggle('on',e.dataset.k===k))};
        all.forEach(e=>{e.addEventListener('mouseenter',()=>show(e.dataset.k));e.addEventListener('mouseleave',()=>show());
        const head=e.querySelector('th');if(head){head.tabIndex=0;head.addEventListener('focus',()=>show(e.dataset.k));
        head.addEventListener('blur',()=>show())}});
        button.hidden=false;button.addEventListener('click',()=>{const now=root.dataset.theme||
        (matchMedia('(prefers-color-scheme:dark)').matches?'dark':'light');root.dataset.theme=now==='dark'?'light':'dark'})})()
        """;
}
