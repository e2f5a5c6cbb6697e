/// The trace that a client's request belongs to, as `traceparent` of W3C Trace Context has it.
///
/// The listener sets it around what it does for a request (`TraceContext.$current.withValue`); runs that begin meanwhile
/// belong to it.
public enum TraceContext {
    /// `nil` when the client names none.
    @TaskLocal public static var current: String?
}
