/// Takes what a scanner finds.
protocol RecordOutput {
    /// How many more plain records it certainly takes, or 1 if it takes another record at all; at 0 the scanner pauses.
    var room: Int { get }

    mutating func count(_ reason: ReasonCode)

    /// A valid record. Its fields are ranges of `bytes` and have no escapes; `verbatim` is the whole record in `bytes`
    /// when that can be stored as it is: the four fields in standard order.
    mutating func accept(
        _ fields: CustomerFields, in bytes: borrowing RawSpan, age: Int, bannerID: Int, line: Int, verbatim: Range<Int>?
    )

    /// Runs the scan for plain records with a writer into this output.
    mutating func takePlainStretch(_ stretch: inout PlainStretch, in bytes: UnsafeRawBufferPointer)
}
