# Reads a Cobertura report: of each source file that ran at all the share of its lines that did, and those that did not.
# -v root=DIR is what file names begin with.
match($0, /filename="[^"]*"/) {
    file = substr($0, RSTART + 10, RLENGTH - 11)
    inside = index(file, root "/src/") == 1
    file = substr(file, length(root) + 2)
}
inside && match($0, /<line number="[0-9]+" hits="[0-9]+"/) {
    split(substr($0, RSTART, RLENGTH), part, "\"")
    number = part[2] + 0
    if (!((file, number) in hits)) {
        lines[file]++
        if (number > last[file]) last[file] = number
    }
    # A line is in the report once for each class that it belongs to.
    if (part[4] + 0 > 0 && hits[file, number] == 0) ran[file]++
    hits[file, number] += part[4]
}
END {
    for (file in ran) {
        missed = ""
        from = 0
        for (number = 1; number <= last[file] + 1; number++) {
            if (!((file, number) in hits) && number <= last[file]) continue
            if (number <= last[file] && hits[file, number] == 0) {
                if (!from) from = number
                to = number
            } else if (from) {
                missed = missed (missed == "" ? "" : ", ") (from == to ? from : from "-" to)
                from = 0
            }
        }
        printf "%3d %%  %s%s\n", 100 * ran[file] / lines[file], file, missed == "" ? "" : "  not: " missed
    }
}
