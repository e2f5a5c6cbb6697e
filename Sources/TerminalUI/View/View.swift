/// The whole screen as it looks for a model.
func view(_ model: Model) -> Canvas {
    var canvas = Canvas(model.size)
    guard !model.isTooSmall else {
        TooSmallView.draw(model, &canvas)
        return canvas
    }
    let layout = Layout(model.size)
    HeaderView.draw(model, &canvas, layout.header)
    switch model.screen {
    case .send: SendView.draw(model, &canvas)
    case .run: RunView.draw(model, &canvas)
    case .failures: FailuresView.draw(model, &canvas)
    case .history: HistoryView.draw(model, &canvas, layout.body)
    case .listener: ListenerView.draw(model, &canvas, layout.body)
    case .log: LogView.draw(model, &canvas, layout.body)
    }
    FooterView.draw(model, &canvas, layout.footer)
    for overlay in model.overlays { OverlayView.draw(overlay, model, &canvas) }
    ToastView.draw(model, &canvas)
    return canvas
}
