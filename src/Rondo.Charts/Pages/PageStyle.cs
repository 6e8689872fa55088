using Rondo.Charts.Svg;

namespace Rondo.Charts.Pages;

/// <summary>The style sheet of pages with charts: paper or dark screen, desk or phone, and print.</summary>
internal static class PageStyle
{
    private const string Mono = "ui-monospace,SFMono-Regular,Consolas,\"DejaVu Sans Mono\",monospace";

    private const string Rules = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--background);color:var(--ink);font-size:16px;line-height:1.55;
        font-variant-numeric:tabular-nums}
        main{max-width:1080px;margin:0 auto;padding:36px 28px 72px}
        h1{font-size:30px;line-height:1.2;letter-spacing:-.015em;font-weight:650;margin:0 0 10px;text-wrap:balance;
        overflow-wrap:anywhere}
        h2{font-size:20px;line-height:1.3;letter-spacing:-.005em;font-weight:640;margin:56px 0 4px}
        h3{font-size:15px;font-weight:640;margin:26px 0 6px}
        p{margin:0 0 14px;max-width:74ch;overflow-wrap:anywhere}
        .word{margin:22px 0 0}.word+.word{margin-top:6px}
        .say,.lede{color:var(--muted)}.lede{font-size:18px;margin:0 0 6px}.lede b{color:var(--ink);font-weight:620}
        .bar{display:flex;justify-content:space-between;align-items:flex-start;gap:16px;min-height:34px;margin:0 0 12px}
        .kind{color:var(--muted);font-size:14px;padding:5px 0;overflow-wrap:anywhere;min-width:0}
        .flag{display:inline-block;background:var(--warnground);color:var(--warn);border-radius:6px;padding:3px 10px;
        font-size:14px;font-weight:600;margin:0 10px 4px 0}
        button{font:inherit;font-size:14px;color:var(--muted);background:none;border:1px solid var(--axis);
        border-radius:6px;padding:3px 11px;cursor:pointer;white-space:nowrap}button:hover{color:var(--ink)}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        .meta{display:flex;flex-wrap:wrap;gap:4px 24px;color:var(--muted);font-size:14px;margin:14px 0 0;padding:0;
        list-style:none}.meta b{font-weight:600;color:var(--ink)}.meta li{overflow-wrap:anywhere;min-width:0}
        .facts{display:grid;grid-template-columns:repeat(4,1fr);margin:30px 0 0;border:solid var(--grid);border-width:1px 0}
        .facts>div{padding:16px 18px;border-left:1px solid var(--grid);min-width:0}
        .facts>div:first-child{padding-left:0;border-left:0}
        .facts dt{font-size:14px;color:var(--muted)}.facts dd{margin:2px 0 0;font-size:25px;font-weight:640;
        letter-spacing:-.015em;line-height:1.25;overflow-wrap:anywhere}
        .facts small{display:block;font-size:14px;font-weight:400;color:var(--muted);letter-spacing:0;line-height:1.45;
        margin-top:2px}
        figure{margin:14px 0 0}svg.chart{display:block;width:100%;height:auto;overflow:visible}
        svg.medium,svg.narrow{display:none}svg.medium{max-width:780px}svg.narrow{max-width:470px}
        .maps{display:grid;grid-template-columns:1fr 1fr;gap:26px 32px}.maps figure{margin:8px 0 0}
        svg.chart.heatkey{width:auto;height:19px;margin:6px 0 0}
        .k{transition:opacity .15s}body.iso .chart .k:not(.on){opacity:.13}body.iso tr.k:not(.on){opacity:.4}
        .scroll{overflow-x:auto;margin:10px 0 0}
        table{border-collapse:collapse;width:100%;font-size:14px}
        thead th{font-weight:500;color:var(--muted);text-align:right;padding:0 8px 8px;border-bottom:1px solid var(--grid);
        line-height:1.3;vertical-align:bottom}
        tbody th{text-align:left;font-weight:600;padding:9px 12px 9px 0;white-space:nowrap;max-width:260px;overflow:hidden;
        text-overflow:ellipsis}
        tbody td{text-align:right;padding:9px 8px;white-space:nowrap}tbody td.text{text-align:left;white-space:normal}
        thead th.text{text-align:left}th:first-child{text-align:left;padding-left:0}td:last-child,thead th:last-child{
        padding-right:0}tbody tr+tr>*{border-top:1px solid var(--gridminor)}tbody th,tbody td{vertical-align:top}
        td small{display:block;color:var(--muted);font-size:13px;line-height:1.35}
        .dense td small{display:inline;margin-left:7px}.dense tbody th,.dense tbody td{padding-top:5px;padding-bottom:5px}
        tr.best>*{background:var(--band)}.tag{color:var(--label1);font-weight:600;font-size:13px;margin-left:8px}
        svg.chart.key{display:inline-block;width:30px;height:12px;margin-right:9px;vertical-align:-1px}
        .checks{list-style:none;padding:0;margin:12px 0 0;display:grid;grid-template-columns:1fr 1fr;gap:0 34px}
        .checks li{display:flex;gap:10px;padding:10px 0;border-top:1px solid var(--gridminor);font-size:15px;min-width:0}
        .checks i{font-style:normal;font-weight:700;min-width:1.1em;color:var(--ok)}.checks .bad i{color:var(--warn)}
        .checks span{color:var(--muted);overflow-wrap:anywhere;min-width:0}.checks b{color:var(--ink);font-weight:600}
        .list{display:grid;grid-template-columns:max-content 1fr;gap:4px 22px;margin:10px 0 0;font-size:15px}
        .list dt{color:var(--muted)}.list dd{margin:0;overflow-wrap:anywhere}
        .notes{margin:10px 0 0;padding-left:1.2em;max-width:76ch;overflow-wrap:anywhere}
        h2{overflow-wrap:anywhere}
        code,pre{font-family:MONO;font-size:14px}
        pre{border:1px solid var(--grid);border-radius:8px;padding:12px 16px;overflow-x:auto;margin:10px 0 0}
        pre.wrap{white-space:pre-wrap;overflow-wrap:anywhere}
        @media (max-width:1000px){svg.wide{display:none}svg.medium{display:block}
        .facts{grid-template-columns:1fr 1fr}.facts>div:nth-child(odd){padding-left:0;border-left:0}
        .facts>div:nth-child(n+3){border-top:1px solid var(--grid)}.maps,.checks{grid-template-columns:1fr}}
        @media (max-width:640px){svg.medium{display:none}svg.narrow{display:block}
        main{padding:20px 16px 56px}h1{font-size:25px}h2{font-size:19px;margin-top:44px}
        .lede{font-size:17px}.facts dd{font-size:21px}
        .list{grid-template-columns:1fr;gap:0}.list dd{margin-bottom:8px}
        tbody th,thead th:first-child{position:sticky;left:0;background:var(--background);z-index:1}
        tbody th{max-width:46vw}svg.chart.key{display:none}.tag{display:block;margin:0}}
        @media (prefers-reduced-motion:reduce){*{transition:none!important}}
        @media print{button{display:none}main{max-width:none;padding:0}
        body{background:none}
        svg.wide,svg.narrow{display:none}svg.medium{display:block}h2,h3{break-after:avoid}
        figure,tr,.facts,.checks li{break-inside:avoid}.scroll{overflow:visible}table{font-size:11px}td small{font-size:10px}
        svg.chart.key{display:none}
        tbody td,thead th{padding-left:4px;padding-right:4px}}

        """;

    /// <summary>The whole sheet.</summary>
    public static string Sheet { get; } =
        $":root{{color-scheme:light;{Light}}}\n"
        + $"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{Dark}}}}}\n"
        + $"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{Dark}}}}}\n"
        + $"body{{font-family:{SvgStyle.Font}}}\n{SvgStyle.Rules}\n"
        + Rules.Replace("MONO", Mono, StringComparison.Ordinal);

    private static string Light => SvgStyle.Variables(isDark: false) + "--warn:#8a4b00;--warnground:#fff2d9;--ok:#0b7a58;";

    private static string Dark => SvgStyle.Variables(isDark: true) + "--warn:#f2c77a;--warnground:#2f2613;--ok:#4cc79c;";
}
