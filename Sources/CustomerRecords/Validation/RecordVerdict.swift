/// What the rules say of a record.
enum RecordVerdict {
    case valid(age: Int, bannerID: Int)
    case invalid(ReasonCode)
}
