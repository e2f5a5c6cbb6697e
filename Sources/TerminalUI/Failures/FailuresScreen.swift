import DeliveryModel
import TerminalKit

enum FailuresScreen: ScreenPlace {
    static let title = "Failures"

    static func draw(_ model: Model, _ canvas: inout Canvas) { FailuresView.draw(model, &canvas) }
    static func perform(_ action: Action, _ model: inout Model) -> [Effect] {
        if model.failures.facets.isFocused, let effects = model.performFacets(action) { return effects }
        return model.performFailures(action)
    }

    static func isTyping(_ model: Model) -> Bool { model.failures.isFiltering }
    static func type(_ key: Key, _ model: inout Model) -> [Effect] { model.typeFailureFilter(key) }

    static func page(_ model: Model) -> Int {
        max(1, model.failuresLayout.rows.height)
    }

    static func click(row: Int, _ model: inout Model) -> [Effect] {
        model.failures.isFiltering = false
        model.failures.cursor.moveTo(row, count: model.failures.count, page: page(model))
        return model.failureCursorMoved()
    }

    static func scroll(_ rows: Int, _ model: inout Model) -> [Effect] {
        model.failures.cursor.scroll(by: rows, count: model.failures.count, page: page(model))
        return model.failureCursorMoved()
    }

    static func resized(_ model: inout Model) {
        model.failures.cursor.keepVisible(count: model.failures.count, page: page(model))
    }

    static func appear(_ model: inout Model) -> [Effect] {
        [model.fetchFailures(mayHaveChanged: true), .readFacets(model.failures.query)]
    }

    static func close(_ model: inout Model) -> [Effect]? {
        if model.failures.facets.isFocused {
            model.failures.facets.isFocused = false
            return []
        }
        if model.failures.rangeStart != nil {
            model.failures.rangeStart = nil
            return []
        }
        guard !model.failures.query.isUnfiltered || !model.failures.filter.isEmpty else { return nil }
        model.failures.clearFilters()
        return model.requery()
    }

    static func findObstacle(_ model: Model) -> String? {
        model.failures.filter.isEmpty ? "Set a filter first (/)" : nil
    }

    static func inspected(_ model: Model) -> InspectorModel.Scope? { model.failures.current.map { .record($0) } }

    static func badge(_ model: Model) -> Line? {
        let waiting = model.failures.waiting
        // As many as the list of all runs holds, red when some of them were sent without being applied.
        let ink: Ink = model.failures.undelivered > 0 ? .bad : .mark
        guard waiting > 0 else { return nil }
        // The list holds only the first rejected records of a run.
        let isCut = model.allRuns.contains { $0.openRejected > FailedRecord.maximumRejected }
        return Line(waiting > 99_999 ? "99k+" : NumberText.count(waiting) + (isCut ? "+" : ""), ink)
    }
}
