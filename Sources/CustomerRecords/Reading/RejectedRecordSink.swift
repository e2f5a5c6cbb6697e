/// Takes the records that break a rule, so that nothing of a source is lost silently.
public protocol RejectedRecordSink: ~Copyable {
    /// Called once for every rejected record, in the order of the source.
    ///
    /// - Parameters:
    ///   - line: the physical line on which the record begins.
    ///   - fault: what is wrong with it; `CSVDialect.message` says it in words.
    ///   - raw: the record as it was read without its line terminator, valid only during the call. Of a record that
    ///     finds no end it is the first physical line, and never more than 64 KiB.
    /// - Throws: whatever ends the reading; the reader passes it on and can't be used afterwards.
    mutating func rejected(line: Int, fault: RecordFault, raw: UnsafeRawBufferPointer) throws
}

/// Drops rejected records; their counts remain.
public struct DiscardingSink: RejectedRecordSink, Sendable {
    public init() {}
    public mutating func rejected(line: Int, fault: RecordFault, raw: UnsafeRawBufferPointer) {}
}
