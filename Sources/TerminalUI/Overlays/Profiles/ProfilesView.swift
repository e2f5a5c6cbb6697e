import DeliveryModel
import TerminalKit

/// The profiles of the configuration file.
enum ProfilesView {
    static func draw(_ profiles: ProfilesModel, _ model: Model, _ canvas: inout Canvas) {
        let page = ProfilesLayout(model.size, count: profiles.names.count).page
        let area = OverlayView.window(&canvas, width: 76, height: page + 5, Line("Profiles", .bright, .bold))
        let current = model.newest.profile
        let table = Table(
            columns: [
                TableColumn(title: "", width: 1), TableColumn(title: "", width: 16),
                TableColumn(title: "", width: 16, growth: 1, cutsMiddle: true), TableColumn(title: "", width: 10),
            ], count: profiles.names.count, cursor: profiles.cursor, hasHead: false
        ) { index in
            let name = profiles.names[index]
            let profile = model.setup.profiles.first { $0.name == name }
            return [
                Line(name == current ? "●" : "", .accent), profile.map(tag) ?? Line("no profile", .dim),
                Line(profile?.address ?? "address from the environment", profile?.address == nil ? .faint : .dim),
                Line(profile?.isProduction == true ? "production" : "", .bad, .bold),
            ]
        }
        // The rows are the overlay's, not the screen's below.
        let rows = area.inset(x: 1, y: 1).top(page)
        var layer = Canvas(canvas.size)
        table.draw(&layer, rows)
        canvas.take(layer, rows)
        let top = profiles.cursor.top
        for (line, index) in (top..<min(profiles.names.count, top + page)).enumerated() {
            canvas.addRegion(rows.row(line), .overlayRow(index))
        }
        Scrollbar.draw(&canvas, x: area.right - 1, rows, count: profiles.names.count, top: top)
        let note = area.content.below(page + 1)
        let (text, style): (String, Style) =
            if let problem = profiles.problem {
                (problem, Style(.bad))
            } else if profiles.isSwitching {
                ("switching…", Style(.accent))
            } else {
                ("Sets the address, key, ages, and limits. Runs stay with their own profile.", .dim)
            }
        for (index, line) in TextFit.wrap(text, note.width, maximumLines: 2).enumerated() {
            canvas.write(line, style, note.row(index))
        }
    }

    /// A profile's name as it stands in the header.
    static func tag(_ profile: Profile) -> Line {
        Line(TextFit.end(profile.name, 16), Style(ink(profile), .bold))
    }

    static func ink(_ profile: Profile) -> Ink {
        switch profile.color {
        case .red: .bad
        case .yellow: .warning
        case .green: .good
        case .blue: .info
        case .magenta: .mark
        case .cyan: .accent
        case nil: profile.isProduction ? .bad : .accent
        }
    }
}
