import NIOCore

/// Decides which requests are worked on, and which wait for a place. It knows nothing of sockets or tasks: events and
/// times go in, the connections that got a place come out.
///
/// A place is held only while a request arrives and is made durable, never while it waits for an outcome. What comes
/// when all are taken waits in a short queue, in the order of its arrival; a client that already holds its share lets
/// others pass.
struct PlaceBook {
    enum Kind: Hashable, CaseIterable {
        case request
        case upload
    }

    enum Decision: Equatable {
        case granted
        case queued
        /// - Parameter retryAfter: when a place is likely to be free, in seconds.
        case full(retryAfter: Int)
    }

    struct Limits: Hashable {
        var places: Int
        /// How many of them uploads may take.
        var uploads: Int
        /// How many one client's requests may take, so that others find room.
        var placesPerClient: Int
        var uploadsPerClient: Int
        var queue: Int
    }

    private struct Holder {
        var client: String
        var kind: Kind
    }

    private struct Waiter {
        var number: Int
        var holder: Holder
    }

    /// How fast places become free.
    private struct Pace {
        var last: NIODeadline?
        /// Seconds between two, smoothed.
        var interval: Double?

        mutating func left(now: NIODeadline) {
            if let last {
                let seconds = Double((now - last).nanoseconds) / 1e9
                interval = interval.map { $0 * 0.9 + seconds * 0.1 } ?? seconds
            }
            last = now
        }

        /// Seconds until so many places have become free.
        func seconds(for count: Int, now: NIODeadline) -> Double {
            let silence = last.map { Double((now - $0).nanoseconds) / 1e9 } ?? 1
            return Double(count) * max(interval ?? 1, silence)
        }
    }

    private let limits: Limits
    private var holders: [Int: Holder] = [:]
    private var uploads = 0
    private var perClient: [String: (all: Int, uploads: Int)] = [:]
    private var queue: [Waiter] = []
    private var paces: [Kind: Pace] = [:]

    static let longestRetryAfter = 60

    init(limits: Limits) {
        self.limits = limits
    }

    var taken: Int { holders.count }
    var takenByUploads: Int { uploads }
    var queued: Int { queue.count }

    func holds(_ number: Int) -> Bool { holders[number] != nil }

    /// Takes a place if there is one and nobody waits for it.
    mutating func enterIfFree(_ number: Int, client: String, kind: Kind) -> Bool {
        let holder = Holder(client: client, kind: kind)
        guard queue.isEmpty, hasRoom(for: holder) else { return false }
        take(number, holder)
        return true
    }

    /// Takes a place, or waits for one.
    mutating func enter(_ number: Int, client: String, kind: Kind, now: NIODeadline) -> Decision {
        let holder = Holder(client: client, kind: kind)
        if hasRoom(for: holder) {
            take(number, holder)
            return .granted
        }
        guard queue.count < limits.queue else { return .full(retryAfter: retryAfter(kind, now: now)) }
        queue.append(Waiter(number: number, holder: holder))
        return .queued
    }

    /// Gives the place back; nothing happens when there is none.
    /// - Returns: who gets a place now.
    mutating func leave(_ number: Int, now: NIODeadline) -> [Int] {
        guard let holder = holders.removeValue(forKey: number) else { return [] }
        if holder.kind == .upload { uploads -= 1 }
        var share = perClient[holder.client] ?? (0, 0)
        share.all -= 1
        if holder.kind == .upload { share.uploads -= 1 }
        perClient[holder.client] = share.all > 0 ? share : nil
        paces[holder.kind, default: Pace()].left(now: now)
        return queue.isEmpty ? [] : admitQueued()
    }

    /// It waits no longer.
    /// - Returns: when it should come back, in seconds; `nil` when it was not waiting.
    mutating func giveUp(_ number: Int, now: NIODeadline) -> Int? {
        guard let index = queue.firstIndex(where: { $0.number == number }) else { return nil }
        let waiter = queue.remove(at: index)
        return retryAfter(waiter.holder.kind, now: now)
    }

    private mutating func admitQueued() -> [Int] {
        var admitted: [Int] = []
        var left: [Waiter] = []
        for waiter in queue {
            if hasRoom(for: waiter.holder) {
                take(waiter.number, waiter.holder)
                admitted.append(waiter.number)
            } else {
                left.append(waiter)
            }
        }
        queue = left
        return admitted
    }

    private func hasRoom(for holder: Holder) -> Bool {
        guard holders.count < limits.places else { return false }
        let share = perClient[holder.client]
        if let share, share.all >= limits.placesPerClient { return false }
        guard holder.kind == .upload else { return true }
        guard uploads < limits.uploads else { return false }
        return share.map { $0.uploads < limits.uploadsPerClient } ?? true
    }

    private mutating func take(_ number: Int, _ holder: Holder) {
        holders[number] = holder
        var share = perClient[holder.client] ?? (0, 0)
        share.all += 1
        if holder.kind == .upload {
            share.uploads += 1
            uploads += 1
        }
        perClient[holder.client] = share
    }

    private func retryAfter(_ kind: Kind, now: NIODeadline) -> Int {
        let ahead = queue.count { $0.holder.kind == kind } + 1
        let seconds = (paces[kind] ?? Pace()).seconds(for: ahead, now: now)
        return Int(min(Double(Self.longestRetryAfter), max(1, seconds.rounded(.up))))
    }
}
