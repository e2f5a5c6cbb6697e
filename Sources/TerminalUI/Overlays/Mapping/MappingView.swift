import CustomerRecords
import DeliveryModel
import TerminalKit

/// Which column of a file is which.
enum MappingView {
    /// The keys here, with what the footer and the help say of them.
    static let keys: [(keys: String, label: String, help: String)] = [
        ("↑↓", "Column", "Choose among the file's columns"),
        ("Enter", "Choose", "Use the column for the field and go to the next one"),
        ("Tab", "Next field", "Go to the next field, then to the button"),
        ("Del", "Clear", "Clear the field's column"),
        ("Esc", "Cancel", "Close without changes"),
    ]

    static func draw(_ mapping: MappingModel, _ model: Model, _ canvas: inout Canvas) {
        let layout = MappingLayout(model.size, columns: mapping.source.columns.count)
        let area = OverlayView.window(
            &canvas, width: layout.window.width, height: layout.window.height,
            Line("Which column is which?", .bright, .bold),
            right: Line(TextFit.middle(Model.name(of: mapping.path), max(8, layout.window.width - 34)), .dim))
        let content = area.content
        canvas.write(intro(mapping), content.row(0))
        if let focus = mapping.focus, content.width >= 70 {
            canvas.write(legend(mapping, focus, model), content.row(0), .right)
        }
        drawFields(mapping, model, &canvas, layout)
        drawColumns(mapping, model, &canvas, layout)
        canvas.divider(area, y: layout.result.y - 1, Line())
        drawResult(mapping, model, &canvas, layout.result)
    }

    /// What the mark of the column under the cursor means.
    private static func legend(_ mapping: MappingModel, _ focus: KnownColumn, _ model: Model) -> Line {
        let columns = mapping.source.columns
        guard columns.indices.contains(mapping.cursor.row) else { return Line() }
        let verdict = mapping.verdict(
            columns[mapping.cursor.row].number, as: focus, rules: model.rules(of: mapping.path))
        if focus == .cookie, verdict.faults == 0, let doubt = mapping.doubt(columns[mapping.cursor.row].number) {
            return [Line("?", .warning), Line(" \(doubt.words)", .dim)]
        }
        guard verdict.faults > 0, let fault = verdict.fault else {
            return [Line("✓", .good), Line(" fits the field", .dim)]
        }
        return mark(verdict) + Line(" \(verdict.faults) of \(verdict.samples) don't fit: \(fault)", .dim)
    }

    private static func intro(_ mapping: MappingModel) -> Line {
        if let focus = mapping.focus {
            return [
                Line("Choose the column with the "),
                Line(focus == .bannerID ? "banner ID" : MappingModel.label(focus).lowercased(), .accent, .bold),
            ]
        }
        guard mapping.missing.isEmpty else { return Line("A column is missing", .warning) }
        if let number = mapping.chosen[.cookie], let doubt = mapping.doubt(number) {
            return Line("Check the cookie column: \(doubt.words)", .warning)
        }
        return mapping.source.beginsWithRecord(mapping.chosen)
            ? Line("No header: the first line is a record", .dim)
            : Line("The file's header names these columns", .dim)
    }

    private static func drawFields(
        _ mapping: MappingModel, _ model: Model, _ canvas: inout Canvas, _ layout: MappingLayout
    ) {
        let isRoomy = layout.fields.height >= 8
        for (index, field) in KnownColumn.allCases.enumerated() {
            let row = layout.fields.row(index * (isRoomy ? 2 : 1))
            let isFocused = mapping.focus == field
            if isFocused {
                canvas.fill(row, Style(.text, on: .selection))
                canvas.set(Glyph(text: "▌", width: 1), row.x, row.y, Style(.accent, on: .selection))
            }
            let ground: Ground = isFocused ? .selection : .base
            canvas.addRegion(row, .overlayRow(index))
            canvas.write(
                Line(MappingModel.label(field), isFocused ? Style(.accent, .bold) : .dim).on(ground),
                row.after(2).left(7))
            let place = row.after(10)
            guard let number = mapping.chosen[field], let column = mapping.source.column(number: number) else {
                canvas.write(Line("— choose —", .warning).on(ground), place)
                continue
            }
            let verdict = mapping.verdict(number, as: field, rules: model.rules(of: mapping.path))
            let title = column.title.isEmpty ? "column \(number)" : column.title
            canvas.write(
                (mark(verdict) + Line(" ") + Line(TextFit.end(title, max(1, place.width - 2)), .bright)).on(ground),
                place)
            let doubt = field == .cookie && verdict.faults == 0 ? mapping.doubt(number) : nil
            if isRoomy {
                canvas.write(
                    doubt.map { Line($0.words, .warning) } ?? words(verdict), layout.fields.row(index * 2 + 1).after(12)
                )
            }
        }
    }

    private static func mark(_ verdict: MappingModel.Verdict) -> Line {
        if verdict.samples == 0 { return Line("·", .dim) }
        return verdict.faults == 0 ? Line("✓", .good) : Line("✗", verdict.isFitting ? .warning : .bad)
    }

    private static func words(_ verdict: MappingModel.Verdict) -> Line {
        guard verdict.samples > 0 else { return Line("no values", .dim) }
        let samples = verdict.samples == 1 ? "1 sample" : "\(verdict.samples) samples"
        guard verdict.faults > 0 else { return Line("\(samples) valid", .dim) }
        return Line("\(verdict.faults) of \(samples) rejected", verdict.isFitting ? .warning : .bad)
    }

    private static func drawColumns(
        _ mapping: MappingModel, _ model: Model, _ canvas: inout Canvas, _ layout: MappingLayout
    ) {
        let columns = mapping.source.columns
        let table = Table(
            columns: [
                TableColumn(title: "", width: 1), TableColumn(title: "Column", width: 8, growth: 1, maximumWidth: 24),
                TableColumn(title: "Values", width: 8, growth: 2),
                TableColumn(title: "", width: 6, importance: 1),
            ], count: columns.count, cursor: mapping.cursor, isFocused: mapping.focus != nil
        ) { index in
            let column = columns[index]
            let field = mapping.field(of: column.number)
            let verdict = mapping.focus.map {
                mapping.verdict(column.number, as: $0, rules: model.rules(of: mapping.path))
            }
            let title = column.title.isEmpty ? "column \(column.number)" : column.title
            return [
                mapping.focus == .cookie && verdict?.faults == 0 && mapping.doubt(column.number) != nil
                    ? Line("?", .warning) : verdict.map { mark($0) } ?? Line(),
                Line(title, field == nil ? .text : .bright),
                Line(column.samples.prefix(4).map { value($0, model) }.joined(separator: " · "), .dim),
                field.map { Line(MappingModel.label($0), .accent) } ?? Line(),
            ]
        }
        var layer = Canvas(canvas.size)
        table.draw(&layer, layout.columns)
        // With the scroll bar beside it.
        var place = layout.columns
        place.width += 1
        canvas.take(layer, place)
        let rows = layout.columns.below(1)
        for (line, index) in (mapping.cursor.top..<min(columns.count, mapping.cursor.top + rows.height)).enumerated() {
            canvas.addRegion(rows.row(line), .overlayRow(MappingLayout.firstColumn + index))
        }
    }

    /// Long values that may be cookies are shortened like them.
    static func value(_ text: String, _ model: Model) -> String {
        let mayBeCookie = text.utf8.count > 20 && !text.contains(" ") && text.contains(where: \.isNumber)
        return TextFit.end(mayBeCookie ? FailureText.cookie(text, isUnmasked: model.isUnmasked) : text, 36)
    }

    private static func drawResult(
        _ mapping: MappingModel, _ model: Model, _ canvas: inout Canvas, _ area: Rectangle
    ) {
        canvas.write(result(mapping, model, area.width), area.row(0))
        let buttons: [(String, Bool, Int)] = [
            (" Esc Cancel ", false, MappingLayout.cancelButton),
            (" Enter Apply ", mapping.focus == nil, MappingLayout.useButton),
        ]
        var x = area.right - buttons.reduce(0) { $0 + $1.0.count + 2 } + 2
        for (text, isFocused, row) in buttons {
            let place = Rectangle(x: x, y: area.y + 1, width: text.count, height: 1)
            canvas.write(
                text, isFocused ? Style(.onAccent, on: .accent, .bold) : Style(.text, on: .field), place)
            canvas.addRegion(place, .overlayRow(row))
            x += place.width + 2
        }
    }

    private static func result(_ mapping: MappingModel, _ model: Model, _ width: Int) -> Line {
        if mapping.asksToDiscard { return Line("Discard these columns? Esc again discards them", .warning, .bold) }
        if let problem = mapping.problem { return Line(FailureText.onScreen(problem), .bad) }
        let missing = mapping.missing.map { MappingModel.label($0).lowercased() }
        guard missing.isEmpty else { return Line("Not chosen yet: " + missing.joined(separator: ", "), .warning) }
        guard let report = mapping.report, report.read > 0 || report.isFinished else { return Line("counting…", .dim) }
        let counts = report.counts(for: model.send.filter ?? AgeFilter(minimum: 0))
        var parts: [Line] = [
            Line(NumberText.records(report.read) + (report.isFinished ? ":" : " so far:")),
            Line("\(NumberText.count(counts.valid)) valid", counts.valid > 0 ? .good : .bad, .bold),
        ]
        if counts.rejected > 0 { parts.append(Line("\(NumberText.count(counts.rejected)) rejected", .bad)) }
        if counts.filtered > 0 { parts.append(Line("\(NumberText.count(counts.filtered)) filtered by age", .warning)) }
        if let reason = report.mostRejections { parts.append(Line(reason, .dim)) }
        return parts.fitting(width, separators: ["  ", " "])
    }
}
