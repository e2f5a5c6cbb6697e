import DeliveryModel
import TerminalKit

/// Where the API is, who we are there, and how the screen looks.
enum SettingsView {
    static func draw(_ settings: SettingsModel, _ model: Model, _ canvas: inout Canvas) {
        let area = OverlayView.window(&canvas, width: 72, height: 15, Line("Settings", .bright, .bold))
        let content = area.inset(x: 3, y: 2)
        let isSandbox = model.setup.hasSandbox
        let rows: [(SettingsModel.Row, String, Int)] = [
            (.address, "API address", 0), (.key, "Project key", 1), (.keep, "Remember", 2), (.test, "", 4),
            (.theme, "Theme", 8), (.mouse, "Mouse", 9), (.notify, "Notify", 10),
        ]
        for (row, label, y) in rows where row != .keep || model.settingsRows.contains(.keep) {
            let place = content.row(y)
            let isFocused = settings.row == row
            canvas.write(label, isFocused ? Style(.accent, .bold) : .dim, place.left(14))
            canvas.addRegion(place, .overlayRow(row.rawValue))
            let value = place.after(14)
            switch row {
            case .address:
                if isSandbox {
                    canvas.write([Line("the simulated API", .text), Line("  (--sandbox)", .dim)], value)
                } else {
                    FieldBox.draw(
                        &canvas, value, settings.address, isFocused: isFocused, hint: "https://ads.example.com")
                }
            case .key:
                if isSandbox {
                    canvas.write("not needed", .dim, value)
                } else {
                    FieldBox.draw(
                        &canvas, value, settings.key, isFocused: isFocused, isMasked: true,
                        hint: model.setup.needsKey ? "missing" : "set; type to replace it")
                }
            case .keep:
                canvas.write(
                    choice(["no", "yes"], settings.keeps ? "yes" : "no") + Line("   address and key", .dim), value)
            case .test: button("Test login", isFocused, &canvas, value)
            case .theme: canvas.write(choice(ThemeName.allCases.map(\.rawValue), model.theme.rawValue), value)
            case .mouse: canvas.write(choice(["on", "off"], model.isMouseOn ? "on" : "off"), value)
            case .notify:
                let notifies = model.preferences.notifies == true
                canvas.write(
                    choice(["on", "off"], notifies ? "on" : "off") + Line("   when a run ends", .dim), value)
            }
        }
        let message = message(settings)
        for (index, text) in TextFit.wrap(message.plain, content.width - 14, maximumLines: 2).enumerated() {
            canvas.write(text, message.spans.first?.style ?? .dim, content.after(14).row(5 + index))
        }
    }

    private static func message(_ settings: SettingsModel) -> Line {
        if let problem = settings.problem { return Line("✗ " + problem, .bad) }
        return switch settings.login {
        case .untested: Line("Logs in once without changing anything", .dim)
        case .testing: Line("Logging in…", .accent)
        case .accepted(let text): Line("✓ " + text, .good)
        case .refused(let text): Line("✗ " + text, .bad)
        }
    }

    private static func button(_ text: String, _ isFocused: Bool, _ canvas: inout Canvas, _ place: Rectangle) {
        let style = isFocused ? Style(.onAccent, on: .accent, .bold) : Style(.text, on: .field)
        canvas.write(" \(text) ", style, place)
    }

    private static func choice(_ names: [String], _ chosen: String) -> Line {
        names.map { Line(($0 == chosen ? "● " : "○ ") + $0, $0 == chosen ? Style(.accent) : .dim) }
            .joined(separator: Line("   "))
    }
}
