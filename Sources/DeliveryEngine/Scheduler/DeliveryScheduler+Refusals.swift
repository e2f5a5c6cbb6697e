import DeliveryModel
import ShowAdsAPI

/// Answers that say more about the API's address or key than about the records.
extension DeliveryScheduler {
    /// Nothing was applied, and sending again does not help.
    mutating func misconfigured(
        _ unit: WorkUnit, of run: DeliveryRun, _ message: String, at moment: Moment
    ) {
        if policy.resumesByItself(run.source) {
            pacing.misconfigured(message, now: moment.instant)
            makeReady(unit.id, of: run, first: true, at: moment)
        } else {
            endEarly(run.id, .failed(reason: message), at: moment)
            withdraw(unit.id, at: moment)
            checkEnd(run.id, at: moment)
        }
    }

    /// Whether the API refused everything of the run, and nothing of any run was acknowledged since.
    func isProbing(_ run: DeliveryRun) -> Bool { run.refusedAt == acknowledgements }

    /// Whether a refusal says more about the API than about the records.
    func isRefusalDoubtful(_ unit: WorkUnit, of run: DeliveryRun) -> Bool {
        if run.isRefusalAccepted { return false }
        // Larger ones are split: somewhere in them may be what the API takes.
        if isProbing(run) { return unit.records.count == 1 }
        return run.refusals.refusesEverything(acknowledgements)
    }

    /// What was refused alone is asked about again later.
    mutating func doubt(_ unit: inout WorkUnit, of run: DeliveryRun, _ answer: APIResponse, at moment: Moment) {
        _ = advance(&unit, .returned, at: moment)
        units[unit.id] = unit
        if hasMoreToProbe(run) {
            makeReady(unit.id, of: run, first: false, at: moment)
        } else {
            everythingIsRefused(run, answer, at: moment)
        }
    }

    /// Three single records are asked about before the run waits again.
    func hasMoreToProbe(_ run: DeliveryRun) -> Bool {
        guard isProbing(run) else { return false }
        run.probeRefusals += 1
        return run.probeRefusals < 3
    }

    mutating func everythingIsRefused(_ run: DeliveryRun, _ answer: APIResponse, at moment: Moment) {
        let what = "The API refuses every record (\(answer.label)): check its address and the file."
        if policy.resumesByItself(run.source) {
            let until = moment.instant + run.refusalPause
            latestRefusal = (what, acknowledgements)
            endEarly(run.id, .parked(reason: what, until: moment.date(of: until)), at: moment)
        } else {
            endEarly(
                run.id, .failed(reason: what + " Nothing was lost. Resume the run when that is fixed."), at: moment)
        }
        for id in units.keys.sorted() where units[id]?.run == run.id && units[id]?.machine.state == .ready {
            withdraw(id, at: moment)
        }
        checkEnd(run.id, at: moment)
    }
}
