import TerminalKit

/// The whole screen as it looks for a model.
func view(_ model: Model) -> Canvas {
    var canvas = Canvas(model.size)
    guard !model.isTooSmall else {
        TooSmallView.draw(model, &canvas)
        return canvas
    }
    let layout = Layout(model.size)
    HeaderView.draw(model, &canvas, layout.header)
    model.screen.place.draw(model, &canvas)
    FooterView.draw(model, &canvas, layout.footer)
    for overlay in model.overlays { OverlayView.draw(overlay, model, &canvas) }
    ToastView.draw(model, &canvas)
    return canvas
}
