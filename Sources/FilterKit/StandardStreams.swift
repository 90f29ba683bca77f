import Glibc

/// The three descriptors that every program counts on.
enum StandardStreams {
    /// Occupies those that the parent closed (`<&-`), so that no file opened later becomes stdin, stdout or stderr by
    /// chance. They are opened the wrong way round: what is closed cannot be read, or written, and says so.
    ///
    /// To be called before anything is opened. Source: the same guard in GNU gnulib, stdopen.
    static func occupyClosed() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)] {
            guard fcntl(descriptor, F_GETFD) < 0, errno == EBADF else { continue }
            // The lowest free number is the one that was found closed, since those below it are open by now.
            _ = open("/dev/null", mode)
        }
    }
}
