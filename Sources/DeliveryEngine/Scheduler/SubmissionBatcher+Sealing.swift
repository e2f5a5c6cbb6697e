import DeliveryModel

/// How runs that are done come to take no more records.
extension SubmissionBatcher {
    /// Whether a run that is done may be opened again.
    func mayExtend(_ run: RunID) -> Bool { origins.values.contains { $0.last?.run == run } }

    mutating func seal(_ state: inout OriginState) {
        if let last = state.last, last.isDone { sealed.append(last.run) }
        state.last = nil
    }

    /// Lets go of what is too old, and of the oldest when there is too much of it.
    mutating func sealOld(now: Instant) {
        let isOver = sealsAt.map { $0 <= now } ?? false
        guard isOver || origins.count > Self.rememberedOrigins else { return }
        var remembered: [(origin: SubmissionOrigin, openedAt: Instant)] = []
        for (origin, state) in origins where state.run == nil && !state.isOpening && state.waiting.isEmpty {
            if let last = state.last, !last.isDone { continue }
            guard let last = state.last, now - last.openedAt < Self.longestRun else {
                forget(origin)
                continue
            }
            remembered.append((origin, last.openedAt))
        }
        if origins.count > Self.rememberedOrigins {
            remembered.sort { $0.openedAt < $1.openedAt }
            for (origin, _) in remembered.prefix(remembered.count / 2) { forget(origin) }
            remembered.removeFirst(remembered.count / 2)
        }
        sealsAt = remembered.map(\.openedAt).min().map { $0 + Self.longestRun }
    }

    private mutating func forget(_ origin: SubmissionOrigin) {
        guard var state = origins.removeValue(forKey: origin) else { return }
        seal(&state)
    }

    /// Runs that are done and will not be opened again, each once.
    mutating func takeSealed() -> [RunID] {
        defer { sealed = [] }
        return sealed
    }

    /// Nothing is opened again.
    mutating func sealAll() {
        for (origin, var state) in origins {
            seal(&state)
            origins[origin] = state
        }
        sealsAt = nil
    }
}
