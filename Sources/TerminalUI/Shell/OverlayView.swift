import DeliveryModel
import TerminalKit

/// What lies over the screen.
enum OverlayView {
    static func draw(_ overlay: Overlay, _ model: Model, _ canvas: inout Canvas) {
        if case .sandbox(let sandbox) = overlay {
            // What the faults do is watched behind the panel.
            SandboxView.draw(sandbox, model, &canvas)
            return
        }
        canvas.restyle(canvas.area) { style in
            Style(.faint, on: style.ground == .base ? .base : .field)
        }
        canvas.cursor = nil
        canvas.addRegion(canvas.area, .backdrop)
        switch overlay {
        case .help(let help): HelpView.draw(help, model, &canvas)
        case .palette(let palette): PaletteView.draw(palette, model, &canvas)
        case .settings(let settings): SettingsView.draw(settings, model, &canvas)
        case .confirmation(let question): ConfirmationView.draw(question, model, &canvas)
        case .edit(let edit): EditView.draw(edit, model, &canvas)
        case .path(let prompt): PathView.draw(prompt, model, &canvas)
        case .fix(let fix): FixView.draw(fix, model, &canvas)
        case .inspector(let inspector): InspectorView.draw(inspector, model, &canvas)
        case .mapping(let mapping): MappingView.draw(mapping, model, &canvas)
        case .encoding(let encoding): EncodingView.draw(encoding, model, &canvas)
        case .profiles(let profiles): ProfilesView.draw(profiles, model, &canvas)
        case .erasure(let erasure): ErasureView.draw(erasure, model, &canvas)
        case .audit(let audit): AuditView.draw(audit, model, &canvas)
        case .sandbox: break
        }
        // The keys of the overlay are in the footer.
        let footer = Layout(model.size).footer
        canvas.fill(footer)
        FooterView.draw(model, &canvas, footer)
    }

    /// An empty window in the middle.
    static func window(
        _ canvas: inout Canvas, width: Int, height: Int, _ title: Line, right: Line = Line(), ink: Ink = .accent
    ) -> Rectangle {
        let area = canvas.area.inset(x: 2, y: 1).centered(width: width, height: height)
        canvas.fill(area)
        canvas.panel(area, title, right: right, ink: ink)
        canvas.addRegion(area, .overlay)
        return area
    }
}
