public import CustomerRecords

extension Notice.Code {
    /// The same content was delivered before; the example names the run.
    public static let sentBefore = Notice.Code(rawValue: "sent_before")
}
