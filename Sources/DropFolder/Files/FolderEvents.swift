import Dispatch
import Foundation
import Synchronization
import SystemPackage

/// The system's events of one folder, in their order.
///
/// A network mount tells only of what this machine does to it, so a slow look at the folder is needed anyway.
final class FolderEvents: Sendable {
    /// Tells that there are events to take.
    let changes: AsyncStream<Void>
    private let state: Mutex<State>
    /// May be used from any thread, which its type doesn't say.
    private nonisolated(unsafe) let source: any DispatchSourceRead

    private struct State {
        /// `nil` when it is closed.
        var descriptor: CInt?
        /// Read, and not taken yet.
        var events: [FolderEvent] = []

        mutating func read() {
            if let descriptor { events += FolderEvents.read(descriptor) }
        }
    }

    /// - Returns: `nil` when the system gives no events.
    init?(_ folder: FilePath) {
        let descriptor = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let mask =
            UInt32(IN_MODIFY) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_MOVED_FROM)
            | UInt32(IN_OPEN) | UInt32(IN_CLOSE_NOWRITE) | UInt32(IN_MOVED_TO) | UInt32(IN_DELETE) | UInt32(IN_ATTRIB)
            | UInt32(IN_DELETE_SELF)
            | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR)
        guard inotify_add_watch(descriptor, folder.string, mask) >= 0 else {
            close(descriptor)
            return nil
        }
        state = Mutex(State(descriptor: descriptor))
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.changes = changes
        source = DispatchSource.makeReadSource(
            fileDescriptor: descriptor, queue: DispatchQueue(label: "data-connector.folder-events"))
        source.setEventHandler { [weak self] in
            self?.state.withLock { $0.read() }
            continuation.yield()
        }
        source.setCancelHandler {
            close(descriptor)
            continuation.finish()
        }
        source.resume()
    }

    /// What happened since the last time, up to now: also what nobody was told of yet.
    func take() -> [FolderEvent] {
        state.withLock { state in
            state.read()
            defer { state.events = [] }
            return state.events
        }
    }

    func stop() {
        // The descriptor is closed soon, and may be another's then.
        state.withLock { $0.descriptor = nil }
        source.cancel()
    }

    deinit { source.cancel() }

    /// Everything that waits to be read.
    private static func read(_ descriptor: CInt) -> [FolderEvent] {
        var events: [FolderEvent] = []
        let size = 64 * 1024
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: size, alignment: MemoryLayout<inotify_event>.alignment)
        defer { buffer.deallocate() }
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, size)
            guard count > 0 else { return events }
            var offset = 0
            while offset + MemoryLayout<inotify_event>.size <= count {
                let head = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                let start = offset + MemoryLayout<inotify_event>.size
                // The name is filled up with NULs.
                let name = EntryName(Array(buffer[start..<start + Int(head.len)].prefix { $0 != 0 }))
                offset = start + Int(head.len)
                events.append(event(head, name))
            }
        }
    }

    private static func event(_ head: inotify_event, _ name: EntryName) -> FolderEvent {
        if head.mask & UInt32(IN_Q_OVERFLOW) != 0 { return .overflow }
        if head.mask & UInt32(IN_CREATE) != 0 { return .created(name) }
        if head.mask & UInt32(IN_MODIFY) != 0 { return .wrote(name) }
        if head.mask & UInt32(IN_CLOSE_WRITE) != 0 { return .closed(name) }
        if head.mask & UInt32(IN_OPEN) != 0 { return .opened(name) }
        if head.mask & UInt32(IN_CLOSE_NOWRITE) != 0 { return .closedUnwritten(name) }
        if head.mask & UInt32(IN_MOVED_FROM) != 0 { return .left(name, head.cookie) }
        if head.mask & UInt32(IN_MOVED_TO) != 0 { return .arrived(name, head.cookie) }
        if head.mask & UInt32(IN_DELETE) != 0 { return .deleted(name) }
        return .other
    }
}
