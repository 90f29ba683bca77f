import Foundation
import TestSupport

/// A shell that completes, with the files of completions/ loaded, and no others.
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
        let program = String(line.prefix { $0 != " " })
        let file = Run.clone.appendingPathComponent("completions/\(file(for: program))")
        let run =
            switch self {
            case .bash: try Run("/bin/bash", ["-c", Shell.inBash, "bash", file.path, line], in: folder)
            case .zsh: try Run(Shell.zshDriver, [file.deletingLastPathComponent().path, line], in: folder)
            case .fish:
                try Run(
                    "/usr/bin/env", ["fish", "--no-config", "-c", Shell.inFish, file.path, line], in: folder)
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

    /// As readline calls a completion function: the words of the line, of which a `=` is one.
    private static let inBash = #"""
        . "$1"
        read -ra COMP_WORDS <<<"${2//=/ = }"
        [[ $2 != *' ' ]] || COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        function=$(complete -p "${COMP_WORDS[0]}" | sed -E 's/.* -F ([^ ]+) .*/\1/')
        "$function"
        printf '%s\n' "${COMPREPLY[@]}"
        """#

    private static let zshDriver = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("complete-in-zsh").path

    private static let inFish = "source $argv[1]; complete -C $argv[2]"
}
