/// Names that were written to since somebody last closed them, as the system tells it.
struct OpenNames: Sendable {
    private(set) var names: Set<EntryName> = []
    /// A file that was open when it left its name, by the number of the move: the other half of the event follows.
    private var leaving: UInt32?

    mutating func happened(_ event: FolderEvent) {
        switch event {
        case .created(let name), .wrote(let name): names.insert(name)
        case .closed(let name), .deleted(let name): names.remove(name)
        case .left(let name, let move): leaving = names.remove(name).map { _ in move }
        case .arrived(let name, let move):
            if leaving == move { names.insert(name) } else { names.remove(name) }
            leaving = nil
        case .other: break
        case .overflow:
            names = []
            leaving = nil
        }
    }

    /// There is no such file any more.
    mutating func remove(_ name: EntryName) { names.remove(name) }
}
