import CustomerRecords
import DeliveryModel
import TerminalKit

extension Model {
    /// Over the marked records, or over everything that the filter shows.
    mutating func openFix() -> [Effect] {
        let selection = fixSelection
        let reason = failures.query.reason ?? failures.current?.reason
        let field = KnownColumn.allCases.first { $0.rawValue == reason?.rawValue } ?? .name
        var fix = FixModel(selection: selection, scope: Self.words(selection), field: field)
        fix.focus(.first)
        overlays.append(.fix(fix))
        return []
    }

    private var fixSelection: BulkFix.Selection {
        switch failures.marks {
        case .some(let marks) where !marks.isEmpty: .records(marks.keys.sorted())
        case .some: .matching(failures.query, except: [])
        case .all(let except): .matching(failures.query, except: except)
        }
    }

    /// What a change is made to: `12 marked`, `all records in run 7`, `all matches except 2 in all runs`.
    private static func words(_ selection: BulkFix.Selection) -> String {
        switch selection {
        case .records(let records): return "\(NumberText.count(records.count)) marked"
        case .matching(let query, let except):
            let what = query.isUnfiltered ? "all records" : "all matches"
            let without = except.isEmpty ? "" : " except \(NumberText.count(except.count))"
            return what + without + (query.run.map { " in run \($0)" } ?? " in all runs")
        }
    }

    mutating func press(_ key: Key, _ fix: FixModel) -> [Effect] {
        // What is being sent stays as it is until the answer comes.
        guard !fix.isSending || key == .escape else { return [] }
        var fix = fix
        let before = fix.fix
        switch key {
        case .escape:
            overlays.removeLast()
            return [.cancelFixPreview]
        case .tab, .down: fix.move(by: 1)
        case .backTab, .up: fix.move(by: -1)
        case .enter: return askFix(fix)
        case .left where fix.row == .field || fix.row == .action: fix.choose(by: -1)
        case .right where fix.row == .field || fix.row == .action, .character(" ") where fix.row == .field,
            .character(" ") where fix.row == .action:
            fix.choose(by: 1)
        default: _ = fix.type(key)
        }
        fix.problem = nil
        guard fix.fix != before else {
            replaceOverlay(.fix(fix))
            return []
        }
        fix.preview = nil
        replaceOverlay(.fix(fix))
        return [fix.fix.map { .previewFix($0) } ?? .cancelFixPreview]
    }

    mutating func click(_ row: Int, _ fix: FixModel) -> [Effect] {
        guard let chosen = FixModel.Row(rawValue: row), fix.rows.contains(chosen) else { return [] }
        var fix = fix
        let wasThere = fix.row == chosen
        fix.focus(chosen)
        replaceOverlay(.fix(fix))
        return wasThere ? press(.right, fix) : []
    }

    mutating func takeFixPreview(_ wanted: BulkFix, _ answer: DeliveryResult<FixPreview>) -> [Effect] {
        guard let index = overlays.firstIndex(where: { if case .fix = $0 { true } else { false } }),
            case .fix(var fix) = overlays[index], fix.fix == wanted
        else { return [] }
        fix.preview = answer
        overlays[index] = .fix(fix)
        return []
    }

    private mutating func askFix(_ fix: FixModel) -> [Effect] {
        guard let change = fix.fix, case .success(let preview) = fix.preview, preview.valid > 0 else {
            return []
        }
        guard !isAPIMissing else {
            var fix = fix
            fix.problem = Self.missingAPI
            replaceOverlay(.fix(fix))
            return []
        }
        ask(.fix(change, preview.valid))
        return []
    }

    func fixQuestion(_ fix: BulkFix, _ count: Int) -> Question {
        let field = MappingModel.label(fix.change.field).lowercased()
        let what: String =
            switch fix.change.kind {
            case .trim: "their \(field) trimmed"
            case .replace(let old, let new): "“\(old)” replaced with “\(new)” in their \(field)"
            case .set(let value): "their \(field) set to “\(value)”"
            }
        let word = guardWord(sending: count)
        return Question(
            title: "Resend the fixed records?",
            lines: [
                [Line(NumberText.records(count), .bright, .bold), Line(" with", .dim)],
                Line(TextFit.end(what, 52)),
                [Line("to ", .dim), Line(newest.apiHost ?? "the API", .accent, .bold)],
            ],
            choices: [
                Question.Choice(key: Self.yes(word), label: "Resend", command: .applyFix(fix)), Self.cancel,
            ], word: word)
    }

    mutating func apply(_ fix: BulkFix) -> [Effect] {
        if case .fix(var open) = overlays.last {
            open.isSending = true
            replaceOverlay(.fix(open))
        }
        return [.applyFix(fix)]
    }

    mutating func takeFixed(_ applied: BulkFix, _ answer: DeliveryResult<[RunID]>) -> [Effect] {
        let index = overlays.firstIndex {
            if case .fix(let fix) = $0 { fix.isSending && fix.fix == applied } else { false }
        }
        switch answer {
        case .success(let runs):
            if let index { overlays.remove(at: index) }
            unmark(applied.selection)
            let names = runs.prefix(4).map(\.description).joined(separator: ", ") + (runs.count > 4 ? " …" : "")
            toast(.good, runs.count == 1 ? "Resending as run \(names)" : "Resending as runs \(names)")
            isStale = true
        case .failure(let error):
            guard let index, case .fix(var fix) = overlays[index] else {
                toast(.bad, error.message)
                break
            }
            fix.isSending = false
            fix.problem = error.message
            overlays[index] = .fix(fix)
        }
        return refreshFailures()
    }

    /// Takes the marks off what was fixed. What was marked meanwhile stays marked.
    private mutating func unmark(_ fixed: BulkFix.Selection) {
        switch (fixed, failures.marks) {
        case (.records(let records), .some(let marks)):
            let records = Set(records)
            failures.marks = .some(marks.filter { !records.contains($0.key) })
        case (.matching(let query, let except), .all(let unmarked)):
            guard query.selectsLike(failures.query), except.isSubset(of: unmarked) else { return }
            failures.marks = .none
        case (.records, .all), (.matching, .some): break
        }
    }
}
