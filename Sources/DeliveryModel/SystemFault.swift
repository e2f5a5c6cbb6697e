import Foundation

/// Words for what the system answered, where the answer alone would lead a person astray.
public enum SystemFault {
    /// - Parameter error: what was thrown; its description is used unless more can be said.
    public static func words(_ error: any Error, path: String, what: String) -> String {
        if isOutOfDescriptors(error) { return "\(path) \(what): \(outOfDescriptors)" }
        return "\(path) \(what): \(error). Check its owner and mode, or choose another --state-dir."
    }

    /// Why a source can't be read, and what to do: with code `source`, or with `busy` when that says nothing of the source,
    /// which can be read later.
    /// - Parameter error: what opening or reading it threw.
    public static func source(_ error: any Error, path: String, what: String) -> DeliveryError {
        if isOutOfDescriptors(error) { return DeliveryError(.busy, "\(path): \(what): \(outOfDescriptors)") }
        let passing = [ENOMEM, EIO, ETIMEDOUT, ESTALE, EAGAIN].map(message)
        if passing.contains("\(error)") {
            return DeliveryError(.busy, "\(path): \(what): \(error). Check the disk and this machine's memory.")
        }
        switch "\(error)" {
        case message(ENOENT): return DeliveryError(.source, "\(path): no such file. Check the path.")
        case message(EACCES):
            return DeliveryError(.source, "\(path): not readable by this user. Check its owner and mode.")
        default: return DeliveryError(.source, "\(path): \(what): \(error).")
        }
    }

    public static let outOfDescriptors =
        "this process has too many files and connections open. Raise the limit (ulimit -n) or lower the concurrency."

    public static func isOutOfDescriptors(_ error: any Error) -> Bool {
        let words = "\(error)"
        return words == message(EMFILE) || words == message(ENFILE)
    }

    /// Whether this process can open nothing more now.
    public static var hasNoDescriptorLeft: Bool {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            close(descriptor)
            return false
        }
        return errno == EMFILE || errno == ENFILE
    }

    private static func message(_ code: CInt) -> String { String(cString: strerror(code)) }
}
