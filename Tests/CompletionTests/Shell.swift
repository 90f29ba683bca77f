import Foundation
import TestSupport

/// A shell that finds the files of completions/ as it finds those that are installed.
enum Shell: String, CaseIterable {
    case bash, zsh, fish

    /// Where a file of this shell's completions is, below the folder of all of them.
    func file(for program: String) -> String {
        switch self {
        case .bash: "bash/\(program)"
        case .zsh: "zsh/_\(program)"
        case .fish: "fish/\(program).fish"
        }
    }

    /// What a tab at the end of `line`, typed in `folder`, offers for the last word; without the part before a `=`, and
    /// without the folder of a file, since shells differ in whether they repeat them.
    func completions(of line: String, in folder: URL) throws -> Set<String> {
        let files = Run.clone.appendingPathComponent("completions/\(rawValue)").path
        let run =
            switch self {
            case .bash: try Run("/bin/bash", ["-c", Shell.inBash, "bash", files, line], in: folder)
            case .zsh: try Run(Shell.zshDriver, [files, line], in: folder)
            case .fish:
                try Run(
                    "/usr/bin/env", ["fish", "--no-config", "-c", Shell.inFish, files, line, Shell.scripts], in: folder)
            }
        guard run.status == 0, run.words.isEmpty else { throw Failure(description: "\(rawValue): \(run.words)") }
        return Set(
            run.lines.map { offer in
                let value = offer.prefix { $0 != "\t" }.split(separator: "=").last ?? ""
                return String(value.split(separator: "/").last ?? "")
            })
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// As readline calls a completion function: the words of the line, of which a `=` is one. bash-completion, which looks
    /// into `completions` below a folder, finds the file by the name of the program.
    private static let inBash = #"""
        BASH_COMPLETION_USER_DIR=$(mktemp -d) && ln -s "$1" "$BASH_COMPLETION_USER_DIR/completions"
        trap 'rm -r "$BASH_COMPLETION_USER_DIR"' EXIT
        . /usr/share/bash-completion/bash_completion
        function_of() { sed -E 's/.* -F ([^ ]+).*/\1/'; }
        read -ra COMP_WORDS <<<"${2//=/ = }"
        [[ $2 != *' ' ]] || COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "$(complete -p -D | function_of)" "${COMP_WORDS[0]}"
        "$(complete -p "${COMP_WORDS[0]}" | function_of)"
        printf '%s\n' "${COMPREPLY[@]}"
        """#

    private static let zshDriver = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("complete-in-zsh").path

    /// fish loads nothing for a program that it does not find.
    private static let inFish = "set fish_complete_path $argv[1]; set -p PATH $argv[3]; complete -C $argv[2]"
    private static let scripts = Run.clone.appendingPathComponent("scripts/data").path
}
