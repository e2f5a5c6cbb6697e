/// What the rules say of a record.
enum RecordVerdict {
    case valid(age: Int, bannerID: Int, SuspiciousCookie?)
    /// Valid, and left out by the age filter.
    case filtered
    case invalid(RecordFault)
}
