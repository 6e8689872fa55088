# Completion of fish for rondo. Once: rondo completion fish > ~/.config/fish/completions/rondo.fish
function __rondo_complete
    set -l line (commandline -cp | string replace -r '^\s*\S+\s+' '')
    set -l found (rondo "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c rondo -f -a '(__rondo_complete)'
