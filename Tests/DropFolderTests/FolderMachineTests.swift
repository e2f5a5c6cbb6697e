import Testing

@testable import DropFolder

@Suite("The drop folder decides when a file is taken, moved or tried again")
struct FolderMachineTests {
    private typealias Instant = ContinuousClock.Instant
    private static let start = ContinuousClock.now
    /// The wall clock at the start, in nanoseconds.
    private static let epoch: Int64 = 1_800_000_000_000_000_000

    private static func at(_ seconds: Double) -> Instant { start + .seconds(seconds) }

    private static func entry(
        _ name: String, inode: UInt64 = 1, size: Int64 = 10, age: Double = 0
    ) -> FolderEntry {
        FolderEntry(
            name: EntryName(name),
            identity: FileIdentity(device: 1, inode: inode, size: size, modified: epoch - Int64(age * 1e9)))
    }

    private static func machine(maximumTaken: Int = 8) -> FolderMachine {
        FolderMachine(.init(settle: .seconds(5), maximumTaken: maximumTaken))
    }

    /// Looks at the folder and asks what is due.
    private static func look(_ machine: inout FolderMachine, _ entries: [FolderEntry], _ seconds: Double)
        -> [FolderMachine.Action]
    {
        machine.saw(entries, at: at(seconds), time: epoch + Int64(seconds * 1e9))
        return machine.next(at: at(seconds))
    }

    // MARK: Rest

    @Test("a new file is taken when it has not changed for the settle time, counted from its first sight")
    func settles() {
        var machine = Self.machine()
        let file = Self.entry("a.csv")
        #expect(Self.look(&machine, [file], 0) == [])
        #expect(machine.wakesAt(after: Self.at(0)) == Self.at(5))
        #expect(Self.look(&machine, [file], 4.9) == [])
        #expect(Self.look(&machine, [file], 5) == [.take(file)])
        #expect(Self.look(&machine, [file], 6) == [], "it is taken once")
    }

    @Test("its own time counts when it is older, and a time in the future does not block")
    func times() {
        var machine = Self.machine()
        let old = Self.entry("old.csv", inode: 1, age: 3600)
        let young = Self.entry("young.csv", inode: 2, age: 3)
        let future = Self.entry("future.csv", inode: 3, age: -3600)
        #expect(Self.look(&machine, [old, young, future], 0) == [.take(old)])
        #expect(Self.look(&machine, [old, young, future], 2) == [.take(young)])
        #expect(Self.look(&machine, [old, young, future], 5) == [.take(future)])
    }

    @Test("a file that grows begins to rest again", arguments: [true, false])
    func grows(_ keepsTime: Bool) {
        var machine = Self.machine()
        _ = Self.look(&machine, [Self.entry("a.csv")], 0)
        let grown = Self.entry("a.csv", size: 20, age: keepsTime ? 0 : -4)
        #expect(Self.look(&machine, [grown], 4) == [])
        #expect(Self.look(&machine, [grown], 5) == [])
        #expect(Self.look(&machine, [grown], 9) == [.take(grown)])
    }

    @Test("a file is not taken while somebody has it open for writing")
    func open() {
        var machine = Self.machine()
        let file = Self.entry("a.csv")
        _ = Self.look(&machine, [file], 0)
        machine.happened(.wrote(file.name), at: Self.at(1))
        #expect(Self.look(&machine, [file], 100) == [])
        #expect(machine.wakesAt(after: Self.at(100)) == nil)
        machine.happened(.closed(file.name), at: Self.at(100))
        #expect(Self.look(&machine, [file], 100) == [.take(file)])
    }

    @Test("a file that was made and not written to yet is open until it is closed")
    func created() {
        var machine = Self.machine()
        let file = Self.entry("a.csv", size: 0, age: 60)
        machine.happened(.created(file.name), at: Self.at(0))
        machine.happened(.opened(file.name), at: Self.at(0))
        // Somebody looks what it is.
        machine.happened(.opened(file.name), at: Self.at(1))
        machine.happened(.closedUnwritten(file.name), at: Self.at(1))
        for time in [1.0, 2, 100] { #expect(Self.look(&machine, [file], time) == []) }
        machine.happened(.closed(file.name), at: Self.at(100))
        #expect(Self.look(&machine, [file], 100) == [.take(file)])
    }

    @Test("a further name of a file is not open, whoever reads it", arguments: [true, false])
    func linked(isRead: Bool) {
        var machine = Self.machine()
        let file = Self.entry("a.csv", age: 60)
        machine.happened(.created(file.name), at: Self.at(0))
        if isRead {
            machine.happened(.opened(file.name), at: Self.at(0))
            machine.happened(.closedUnwritten(file.name), at: Self.at(0))
        } else {
            // Whoever makes a file may be about to open it.
            #expect(Self.look(&machine, [file], 0) == [])
        }
        #expect(Self.look(&machine, [file], 1) == [.take(file)])
    }

    @Test("a file that is renamed while it is written to is still open")
    func renamedWhileOpen() {
        var machine = Self.machine()
        let part = EntryName("a.csv.part")
        let file = Self.entry("a.csv", age: 60)
        machine.happened(.wrote(part), at: Self.at(0))
        machine.happened(.left(part, 7), at: Self.at(1))
        machine.happened(.arrived(file.name, 7), at: Self.at(1))
        #expect(Self.look(&machine, [file], 1) == [])
        machine.happened(.closed(file.name), at: Self.at(2))
        #expect(Self.look(&machine, [file], 2) == [.take(file)])
    }

    @Test("after lost events nobody is believed to have a file open, but it rests from then on")
    func lostEvents() {
        var machine = Self.machine()
        let file = Self.entry("a.csv", age: 60)
        machine.happened(.wrote(file.name), at: Self.at(0))
        #expect(Self.look(&machine, [file], 0) == [])
        machine.happened(.overflow, at: Self.at(10))
        #expect(Self.look(&machine, [file], 10) == [])
        #expect(Self.look(&machine, [file], 15) == [.take(file)])
    }

    @Test("the oldest arrival is taken first, only so many at a time, and the next when one has ended")
    func order() {
        var machine = Self.machine(maximumTaken: 2)
        let files = (1...4).map { Self.entry("\($0).csv", inode: UInt64($0), age: 100 - Double($0)) }
        #expect(Self.look(&machine, files.reversed(), 0) == [.take(files[0]), .take(files[1])])
        #expect(machine.wakesAt(after: Self.at(0)) == nil, "nothing is due before one ends")
        #expect(machine.ended(files[1].name, .delivered) == .move(files[1], .delivered))
        #expect(Self.look(&machine, files, 1) == [.take(files[2])])
    }

    @Test("files that are being moved keep others from being taken when they pile up")
    func slowDisk() {
        var machine = FolderMachine(.init(settle: .seconds(5), maximumTaken: 2, maximumMoving: 2))
        let files = (1...5).map { Self.entry("\($0).csv", inode: UInt64($0), age: 100 - Double($0)) }
        #expect(Self.look(&machine, files, 0).count == 2)
        for file in files.prefix(2) { _ = machine.ended(file.name, .delivered) }
        #expect(machine.next(at: Self.at(1)) == [])
        #expect(machine.wakesAt(after: Self.at(1)) == nil, "nothing is due before one is moved")
        machine.moved(files[0].name)
        #expect(machine.next(at: Self.at(1)) == [.take(files[2]), .take(files[3])])
    }

    @Test("a file is at rest when it was seen unchanged after the settle time, not when that time has passed unseen")
    func seenAtRest() {
        var machine = Self.machine()
        #expect(Self.look(&machine, [Self.entry("a.csv")], 0) == [])
        #expect(!machine.needsLook(at: Self.at(4)))
        #expect(machine.next(at: Self.at(5)) == [])
        #expect(machine.needsLook(at: Self.at(5)))
        let grown = Self.entry("a.csv", size: 20)
        #expect(Self.look(&machine, [grown], 5) == [], "another machine wrote to it, and there was no event")
        #expect(!machine.needsLook(at: Self.at(5)))
        #expect(Self.look(&machine, [grown], 10) == [.take(grown)])
    }

    @Test("what the program moves itself asks for no look at the folder; what others do does")
    func looks() {
        var machine = Self.machine()
        let file = Self.entry("a.csv", age: 60)
        #expect(!machine.asksForLook(.left(file.name, 1)), "nobody misses it")
        #expect(machine.asksForLook(.arrived(file.name, 1)) && machine.asksForLook(.other))
        #expect(Self.look(&machine, [file], 0) == [.take(file)])
        #expect(machine.asksForLook(.left(file.name, 2)) && machine.asksForLook(.deleted(file.name)))
        _ = machine.ended(file.name, .delivered)
        #expect(!machine.asksForLook(.left(file.name, 3)))
        #expect(machine.asksForLook(.wrote(file.name)))
    }

    // MARK: Faults

    @Test("what can't be begun is tried again, after longer and longer pauses, and from the beginning after a success")
    func held() {
        var machine = Self.machine()
        let file = Self.entry("a.csv", age: 60)
        _ = Self.look(&machine, [file], 0)
        var time = 0.0
        for pause in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            machine.couldNotBegin(file.name, at: Self.at(time))
            #expect(machine.wakesAt(after: Self.at(time)) == Self.at(time + pause))
            #expect(Self.look(&machine, [file], time + pause - 0.5) == [])
            time += pause
            #expect(Self.look(&machine, [file], time) == [.take(file)])
        }
        #expect(machine.ended(file.name, .delivered) == .move(file, .delivered))
        machine.couldNotMove(file.name, at: Self.at(time))
        #expect(machine.wakesAt(after: Self.at(time)) == Self.at(time + 1))
        #expect(Self.look(&machine, [file], time + 1) == [.move(file, .delivered)])
        machine.moved(file.name)
        #expect(Self.look(&machine, [], time + 2) == [])
        #expect(machine.wakesAt(after: Self.at(time)) == nil)
    }

    @Test(
        "what an operator stopped stays where it is, takes nobody's place, and is moved when it was resumed and ended")
    func parked() {
        var machine = Self.machine(maximumTaken: 1)
        let first = Self.entry("a.csv", inode: 1, age: 60)
        let second = Self.entry("b.csv", inode: 2, age: 50)
        #expect(Self.look(&machine, [first, second], 0) == [.take(first)])
        machine.parked(first.name)
        #expect(Self.look(&machine, [first, second], 1) == [.take(second)])
        #expect(machine.ended(first.name, .failed) == .move(first, .failed))
    }

    @Test(
        "what is put in the place of a stopped file, or comes after it, is taken as a new one",
        arguments: [true, false])
    func replacedWhileParked(isGone: Bool) {
        var machine = Self.machine()
        let old = Self.entry("a.csv", inode: 1, age: 60)
        let new = Self.entry("a.csv", inode: 2, age: 60)
        #expect(Self.look(&machine, [old], 0) == [.take(old)])
        machine.parked(old.name)
        #expect(Self.look(&machine, [old], 1) == [])
        if isGone { #expect(Self.look(&machine, [], 2) == [.release(old)]) }
        #expect(Self.look(&machine, [new], 3).contains(isGone ? .take(new) : .release(old)))
        #expect(Self.look(&machine, [new], 60) == (isGone ? [] : [.take(new)]))
    }

    // MARK: Changes during the delivery

    @Test(
        "a file that was replaced or written to while it was delivered is not moved; the new one is delivered, too",
        arguments: [UInt64(2), 1])
    func replaced(_ inode: UInt64) {
        var machine = Self.machine()
        let old = Self.entry("a.csv", age: 60)
        let new = Self.entry("a.csv", inode: inode, size: 99, age: -1)
        _ = Self.look(&machine, [old], 0)
        #expect(Self.look(&machine, [new], 1) == [])
        #expect(Self.look(&machine, [new], 50) == [], "not before the first one has ended")
        #expect(machine.ended(old.name, .delivered) == .release(old))
        #expect(Self.look(&machine, [new], 51) == [.take(new)])
        #expect(machine.ended(new.name, .delivered) == .move(new, .delivered))
    }

    @Test("a file that was removed while it was delivered leaves nothing to move, and a later one is new")
    func removed() {
        var machine = Self.machine()
        let file = Self.entry("a.csv", age: 60)
        _ = Self.look(&machine, [file], 0)
        _ = Self.look(&machine, [], 1)
        #expect(machine.ended(file.name, .delivered) == .release(file))
        #expect(Self.look(&machine, [file], 2) == [.take(file)])
    }

    @Test("one that is put back before the delivery has ended is the same file")
    func putBack() {
        var machine = Self.machine()
        let file = Self.entry("a.csv", age: 60)
        _ = Self.look(&machine, [file], 0)
        _ = Self.look(&machine, [], 1)
        _ = Self.look(&machine, [file], 2)
        #expect(machine.ended(file.name, .delivered) == .move(file, .delivered))
    }

    @Test("a file that waits to be moved and is replaced is not moved")
    func replacedBeforeMove() {
        var machine = Self.machine()
        let old = Self.entry("a.csv", age: 60)
        let new = Self.entry("a.csv", inode: 2, age: -1)
        _ = Self.look(&machine, [old], 0)
        _ = machine.ended(old.name, .delivered)
        machine.couldNotMove(old.name, at: Self.at(1))
        #expect(Self.look(&machine, [new], 2) == [.release(old)])
        #expect(Self.look(&machine, [new], 60) == [.take(new)])
    }

    @Test("a file that the mover found replaced is forgotten, and what lies there is seen as new")
    func foundReplaced() {
        var machine = Self.machine()
        let old = Self.entry("a.csv", age: 60)
        _ = Self.look(&machine, [old], 0)
        _ = machine.ended(old.name, .delivered)
        machine.wasReplaced(old.name)
        let new = Self.entry("a.csv", inode: 2, age: 60)
        #expect(Self.look(&machine, [new], 1) == [.take(new)])
    }

    @Test("a claim of an earlier process is taken up before the file is seen, and not a second time")
    func recovered() {
        var machine = Self.machine()
        let file = Self.entry("a.csv", age: 60)
        #expect(machine.recovered(file, at: Self.at(0)) == .take(file))
        #expect(Self.look(&machine, [file], 0) == [])
        #expect(machine.ended(file.name, .failed) == .move(file, .failed))
    }
}
