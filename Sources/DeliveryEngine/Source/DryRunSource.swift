public import CustomerRecords
public import DeliveryModel
import SystemPackage

/// A file or a stream that is read once and not sent.
public struct DryRunSource: ByteSource, Sendable {
    private let file: SourceFile
    let isSeekable: Bool
    private var offset = 0

    /// - Parameter path: `-` is standard input.
    /// - Throws: `DeliveryError` of code `source`.
    public init(_ path: String) throws(DeliveryError) {
        file = try SourceFile(path == "-" ? "/dev/stdin" : path)
        switch try file.kind() {
        case .directory: throw DeliveryError(.source, "\(path): is a directory. Specify a CSV file.")
        case .regular: isSeekable = true
        case .stream: isSeekable = false
        }
    }

    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count =
            isSeekable ? try file.read(at: offset, into: buffer) : try file.readNext(into: buffer)
        offset += count
        return count
    }
}
