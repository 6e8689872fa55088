#compdef rondo
# Completion of zsh for rondo. In ~/.zshrc, after compinit: source <(rondo completion zsh)
_rondo() {
    local line="${(j: :)words[2,CURRENT]}"
    local -a found
    found=(${(f)"$($words[1] "[suggest:${#line}]" "$line" 2>/dev/null)"})
    if (( $#found )); then
        compadd -- $found
    else
        _files
    fi
}
compdef _rondo rondo
