import NIOCore
import Testing

@testable import HTTPListener

@Suite("Places")
struct PlaceBookTests {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    static func book(_ change: (inout PlaceBook.Limits) -> Void) -> PlaceBook {
        var limits = PlaceBook.Limits(ListenerLimits())
        change(&limits)
        return PlaceBook(limits: limits)
    }

    @Test("those that find no place get one in the order of their arrival, and the queue has an end")
    func order() {
        var book = Self.book {
            $0.places = 1
            $0.queue = 2
        }
        #expect(book.enter(1, client: "a", kind: .request, now: Self.start) == .granted)
        #expect(book.enter(2, client: "b", kind: .request, now: Self.start) == .queued)
        #expect(book.enter(3, client: "c", kind: .request, now: Self.start) == .queued)
        guard case .full = book.enter(4, client: "d", kind: .request, now: Self.start) else {
            Issue.record("The queue took one too many.")
            return
        }
        #expect(book.leave(1, now: Self.start) == [2])
        #expect(book.leave(1, now: Self.start) == [])
        #expect(book.giveUp(3, now: Self.start) != nil)
        #expect(book.leave(2, now: Self.start) == [])
        #expect(book.taken == 0 && book.queued == 0)
    }

    @Test("uploads leave places to others, and wait only for each other")
    func uploads() {
        var book = Self.book {
            $0.places = 3
            $0.uploads = 1
        }
        #expect(book.enter(1, client: "a", kind: .upload, now: Self.start) == .granted)
        #expect(book.enter(2, client: "a", kind: .upload, now: Self.start) == .queued)
        #expect(book.enter(3, client: "a", kind: .request, now: Self.start) == .granted)
        #expect(book.leave(3, now: Self.start) == [])
        #expect(book.leave(1, now: Self.start) == [2])
    }

    @Test("one client can't take everything, and those behind it in the queue pass")
    func shares() {
        var book = Self.book {
            $0.places = 4
            $0.placesPerClient = 2
        }
        for number in 1...2 { #expect(book.enter(number, client: "a", kind: .request, now: Self.start) == .granted) }
        #expect(book.enter(3, client: "a", kind: .request, now: Self.start) == .queued)
        #expect(book.enter(4, client: "b", kind: .request, now: Self.start) == .granted)
        #expect(book.leave(4, now: Self.start) == [])
        #expect(book.leave(1, now: Self.start) == [3])
    }

    @Test("Retry-After follows the pace at which places became free")
    func retryAfter() {
        var book = Self.book {
            $0.places = 1
            $0.queue = 0
        }
        var now = Self.start
        func ask() -> Int? {
            if case .full(let seconds) = book.enter(99, client: "z", kind: .upload, now: now) { seconds } else { nil }
        }
        _ = book.enter(1, client: "a", kind: .upload, now: now)
        #expect(ask() == 1)
        for number in 2...40 {
            now = now + .seconds(8)
            _ = book.leave(number - 1, now: now)
            _ = book.enter(number, client: "a", kind: .upload, now: now)
        }
        #expect(ask() == 8)
        now = now + .hours(1)
        #expect(ask() == PlaceBook.longestRetryAfter)
    }
}

@Suite("Sockets")
struct ConnectionBookTests {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    static func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    static func book(_ change: (inout ConnectionBook.Limits) -> Void) -> ConnectionBook {
        var limits = ConnectionBook.Limits(ListenerLimits())
        change(&limits)
        return ConnectionBook(limits: limits)
    }

    @Test("when there are too many, the one that has been idle longest gives way, and no request is cut off")
    func idle() {
        var book = Self.book { $0.open = 3 }
        for number in 1...3 { _ = book.opened(number, client: "\(number)", now: Self.at(Int64(number))) }
        book.began(1, now: Self.at(4))
        #expect(book.opened(4, client: "4", now: Self.at(5)) == .accepted(victim: 2))
        book.began(3, now: Self.at(6))
        book.began(4, now: Self.at(6))
        #expect(book.opened(5, client: "5", now: Self.at(7)) == .refused)
        book.closed(2)
        book.closed(1)
        #expect(book.opened(6, client: "6", now: Self.at(8)) == .accepted(victim: nil))
    }

    @Test("a client with more than its share closes its own oldest, even in the middle of a request")
    func shares() {
        var book = Self.book { $0.openPerClient = 2 }
        _ = book.opened(1, client: "a", now: Self.at(1))
        _ = book.opened(2, client: "b", now: Self.at(1))
        _ = book.opened(3, client: "a", now: Self.at(2))
        book.began(1, now: Self.at(3))
        book.began(3, now: Self.at(4))
        #expect(book.opened(4, client: "a", now: Self.at(5)) == .accepted(victim: 1))
        book.isWorking(3)
        book.began(4, now: Self.at(6))
        book.isWorking(4)
        #expect(book.opened(5, client: "a", now: Self.at(7)) == .refused)
        #expect(book.opened(6, client: nil, now: Self.at(7)) == .accepted(victim: nil))
    }

    @Test("in a burst the last ones are refused: those before them have had no time to send anything")
    func burst() {
        var book = Self.book {
            $0.open = 3
            $0.openPerClient = 2
        }
        _ = book.opened(1, client: "a", now: Self.start)
        _ = book.opened(2, client: "a", now: Self.start)
        book.began(2, now: Self.start)
        let soon = Self.start + .milliseconds(900)
        #expect(book.opened(3, client: "a", now: soon) == .refused)
        _ = book.opened(4, client: "b", now: Self.start)
        #expect(book.opened(5, client: "c", now: soon) == .refused)
        let lingers = book.refused(5)
        #expect(lingers && book.closing == 1 && book.open == 4)
        book.closed(5)
        #expect(book.closing == 0 && book.open == 3)
        #expect(book.opened(6, client: "a", now: Self.at(1)) == .accepted(victim: 1))
        // Between two requests, nobody loses one.
        book.began(4, now: soon)
        book.answered(4, now: Self.at(1))
        #expect(book.opened(7, client: "c", now: Self.at(1)) == .accepted(victim: 4))
    }

    @Test("those that wait for an outcome are counted apart, and only so many may")
    func waiting() {
        var book = Self.book {
            $0.open = 1
            $0.waitingRecords = 1
        }
        _ = book.opened(1, client: "a", now: Self.start)
        #expect(book.beginWaiting(1, for: .record) == false)
        book.began(1, now: Self.start)
        book.isWorking(1)
        #expect(book.beginWaiting(1, for: .record) == true)
        #expect(book.beginWaiting(1, for: .record) == true)
        #expect(book.waitingRecords == 1)
        #expect(book.opened(2, client: "a", now: Self.start) == .accepted(victim: nil))
        book.began(2, now: Self.start)
        #expect(book.beginWaiting(2, for: .record) == false)
        #expect(book.beginWaiting(2, for: .file) == true)
        book.answered(1, now: Self.start)
        book.closed(2)
        #expect(book.waitingRecords == 0 && book.waitingFiles == 0 && book.open == 1)
    }
}
