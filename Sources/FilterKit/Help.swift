public import ArgumentParser

enum Help {
    /// Whether the short help is wanted, and not all of it.
    static var isAskedFor: Bool { CommandLine.arguments.contains { ["-h", "--help"].contains($0) } }
}

extension ArgumentVisibility {
    /// Of an option that is not for every day: `--help` leaves it out, and `--help-hidden` shows it.
    ///
    /// It is hidden in that help only. ArgumentParser would leave a hidden option out of its messages too, where it suggests
    /// a spelling, and where it says which values there are.
    public static var rare: ArgumentVisibility { Help.isAskedFor ? .hidden : .default }
}
