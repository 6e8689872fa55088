# Completion of bash for rondo. In ~/.bashrc: source <(rondo completion bash)
_rondo() {
    local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT} word begun
    line=${line#*[[:space:]]}
    word=${line##*[[:space:]]}
    COMPREPLY=($("$1" "[suggest:${#line}]" "$line" 2>/dev/null))

    # bash takes what stands behind a colon or an equals sign for a word of its own.
    begun=${word%"${word##*[:=]}"}
    COMPREPLY=("${COMPREPLY[@]#"$begun"}")
}
complete -o bashdefault -o default -F _rondo rondo
