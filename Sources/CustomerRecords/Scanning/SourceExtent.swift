/// What the bytes of a window mean.
struct SourceExtent {
    /// The end of the source's bytes in it.
    let filled: Int
    /// Whether the source ends there.
    let sourceEnds: Bool
    /// No record that begins here or behind is wanted.
    let stop: Int
}
