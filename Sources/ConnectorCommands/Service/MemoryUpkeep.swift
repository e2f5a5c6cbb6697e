import CMalloc

/// Gives memory back that is free. The C library keeps what lies between blocks in use, and after days of uploads that
/// would be more than what is used.
enum MemoryUpkeep {
    private static let pause = Duration.seconds(60)

    /// Works until its task is canceled.
    static func run() async {
        while (try? await Task.sleep(for: pause)) != nil { _ = malloc_trim(0) }
    }
}
