/// Reads a source and makes the keys of its valid records, for finding out which of them are new before the first is sent.
public struct DeliveryKeyScan<Source: ByteSource> {
    private var reader: RecordReader<Source>
    private let secret: DeliverySecret
    private var spare: RecordBatch?

    /// - Parameter reader: reads all valid records, also repeated ones.
    public init(_ reader: RecordReader<Source>, secret: DeliverySecret) {
        self.reader = reader
        self.secret = secret
    }

    /// Adds the keys of the next records, about as many as asked for.
    ///
    /// - Returns: whether there are more. A source that ends with a fault has none behind it.
    /// - Throws: what the source throws.
    public mutating func next(_ count: Int, into keys: inout [DeliveryKey]) throws -> Bool {
        var ignored = DiscardingSink()
        do {
            while keys.count < count {
                guard let batch = try reader.nextBatch(reusing: spare.take(), rejects: &ignored) else { return false }
                batch.appendDeliveryKeys(of: 0..<batch.count, secret, to: &keys)
                spare = batch
            }
        } catch is SourceFormatError {
            // Whoever reads it to send it says so.
            return false
        }
        return true
    }

    /// Where the source has been read to.
    public var position: SourcePosition { reader.position }
}

extension DeliveryKeyScan: Sendable where Source: Sendable {}
