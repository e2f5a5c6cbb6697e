/// Names that were written to since somebody last closed them, as the system tells it.
struct OpenNames: Sendable {
    private(set) var names: Set<EntryName> = []
    /// Names among them that were made and not written to yet. Who makes a file opens it in the same moment; one that nobody
    /// opens is a further name of a file.
    private var made: [EntryName: Made] = [:]
    /// A file that was open when it left its name, by the number of the move: the other half of the event follows.
    private var leaving: UInt32?

    private struct Made {
        /// How often it is open.
        var opened = 0
        /// How often the folder was looked at before anybody opened it.
        var looks = 0
    }

    mutating func happened(_ event: FolderEvent) {
        switch event {
        case .created(let name):
            names.insert(name)
            made[name] = Made()
        case .opened(let name): made[name]?.opened += 1
        case .closedUnwritten(let name):
            made[name]?.opened -= 1
            if let made = made[name], made.opened <= 0 { remove(name) }
        case .wrote(let name):
            names.insert(name)
            made[name] = nil
        case .closed(let name), .deleted(let name): remove(name)
        case .left(let name, let move):
            leaving = names.contains(name) ? move : nil
            remove(name)
        case .arrived(let name, let move):
            remove(name)
            if leaving == move { names.insert(name) }
            leaving = nil
        case .other: break
        case .overflow:
            names = []
            made = [:]
            leaving = nil
        }
    }

    /// The folder was looked at after everything that happened.
    mutating func looked() {
        for (name, made) in made where made.opened == 0 {
            if made.looks > 0 { remove(name) } else { self.made[name]?.looks += 1 }
        }
    }

    /// There is no such file any more, or nobody has it open.
    mutating func remove(_ name: EntryName) {
        names.remove(name)
        made[name] = nil
    }
}
