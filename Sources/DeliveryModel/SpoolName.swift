/// What files in the spool are called, by which they are known when the process that wrote them is gone.
public enum SpoolName {
    private static let input = "input-"
    private static let upload = "upload-"
    /// Of a file that was not received whole yet.
    public static let partSuffix = ".part"

    /// For a copy of standard input, or of a source that can be read once only.
    public static func newInput() -> String { input + unique() }

    /// For a file that arrives over HTTP.
    public static func newUpload() -> String { upload + unique() + ".csv" }

    /// For the rejected records of a source that may be refused as a whole.
    public static func newRejects() -> String { "rejected-" + unique() }

    /// Whether it is a source, which a run may need.
    public static func isSource(_ name: String) -> Bool { name.hasPrefix(input) || name.hasPrefix(upload) }

    /// Whether it was still being received.
    public static func isPart(_ name: String) -> Bool { name.hasPrefix(upload) && name.hasSuffix(partSuffix) }

    private static func unique() -> String {
        String(UInt64.random(in: 0...(.max)), radix: 36) + String(UInt64.random(in: 0...(.max)), radix: 36)
    }
}
