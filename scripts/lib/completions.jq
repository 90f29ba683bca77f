# For make-completions: renders {name, argument, options: [{names, help, repeats, label, value}]} for the shell $shell.
# A value is null (a flag), "text" (nobody can guess it), "file", "folder", "environment", or a list of all there are.

def made: "Made by scripts/development/make-completions.";
# The filters alone know where env-files are.
def environments: "$(replay ---completion -- --target-env 0 0 2>/dev/null)";
def quoted: "'" + gsub("'"; "'\\''") + "'";
def names(condition): [.options[] | select(.value | condition) | .names[]] | join(" | ");

def bash:
    (.name | "_" + gsub("-"; "_")) as $function
    | def complete(with): "mapfile -t COMPREPLY < <(compgen \(with) -- \"$word\")";
    def choice(condition; action): names(condition) | if . == "" then empty else "        \(.)) \(action) ;;" end;
    "# \(made)",
    "\($function)() {",
    "    local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}",
    "    # --option=value stands there as three words.",
    "    if [[ $word == = ]]; then word=''; elif [[ $option == = ]]; then option=${COMP_WORDS[COMP_CWORD - 2]}; fi",
    "    case $option in",
    choice(. == "text"; "COMPREPLY=()"),
    choice(. == "file"; complete("-f")),
    choice(. == "folder"; complete("-d")),
    choice(. == "environment"; complete("-W \"\(environments)\"")),
    (.options[] | select(.value | type == "array")
        | "        \(.names | join(" | "))) \(complete("-W \(.value | join(" ") | quoted)")) ;;"),
    "        *)",
    (if .argument then "            if [[ $word != -* ]]; then \(complete("-d")); return; fi" else empty end),
    ([.options[].names[]] | "            \(complete("-W \(join(" ") | quoted)"))"),
    "            ;;",
    "    esac",
    "}",
    "complete -o filenames -F \($function) \(.name)";

def zsh:
    # In a specification a colon ends a part, and a bracket the help.
    def plain: gsub("(?<c>[\\\\:\\[\\]])"; "\\\(.c)");
    def action:
        if . == "file" then "_files" elif . == "folder" then "_files -/"
        elif . == "environment" then "{ compadd -- ${=\"\(environments)\"} }"
        elif . == "text" then " " else "(\(join(" ")))" end;
    "#compdef \(.name)",
    "# \(made)",
    "_arguments -s -S \\",
    ([(.options[] | . as $option | .names[]
        | (if $option.repeats then "*" elif ($option.names | length) > 1 then "(\($option.names | join(" ")))" else "" end) + .
        + (if $option.value == null then "" elif startswith("--") then "=" else "" end) + "[\($option.help | plain)]"
        + (if $option.value == null then "" else ":\($option.label | plain):\($option.value | action)" end)),
        (if .argument then "1:state directory:\(.argument | action)" else empty end)]
        | map("    " + quoted) | join(" \\\n"));

def fish:
    def plain: "'" + gsub("(?<c>['\\\\])"; "\\\(.c)") + "'";
    def folders: "(__fish_complete_directories (commandline -ct) \\'\\')";
    def value:
        if . == null then "" elif . == "file" then " -r -F" elif . == "text" then " -x"
        elif . == "folder" then " -x -a '\(folders)'"
        elif . == "environment" then " -x -a '(\(environments[2:-1]))'" else " -x -a '\(join(" "))'" end;
    .name as $name
    | "# \(made)",
    "complete -c \($name) -f\(if .argument then " -a '\(folders)'" else "" end)",
    (.options[] | "complete -c \($name)"
        + ([.names[] | if startswith("--") then " -l \(.[2:])" else " -s \(.[1:])" end] | join(""))
        + (.value | value) + " -d \(.help | plain)");

if $shell == "bash" then bash elif $shell == "zsh" then zsh else fish end
