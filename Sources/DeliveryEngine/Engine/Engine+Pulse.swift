/// How others learn that the engine works.
extension Engine {
    /// Returns when the engine has answered and its loop has performed a job: never, while either is stuck.
    public func pulse() async {
        let (performed, continuation) = AsyncStream.makeStream(of: Never.self)
        // When the loop has ended, the job is dropped, and the stream ends with it.
        start { continuation.finish() }
        for await _ in performed {}
    }
}
