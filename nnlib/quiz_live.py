"""A quiz in a notebook with a live kernel: a button an answer, and what is said to it."""

import ipywidgets

from .quiz import marked


def widget(questions):
    """The questions one below another, as an ipywidgets box."""
    n = len(questions)
    return ipywidgets.VBox(
        [ask(each, f"Question {k} of {n}") for k, each in enumerate(questions, start=1)]
    )


def prediction_widget(prediction):
    """The question alone; once it is answered, the explorer too."""
    from .live import widget as explorer_widget

    def open_explorer():
        if len(box.children) == 1:
            box.children = [box.children[0], explorer_widget(prediction.explorer)]

    box = ipywidgets.VBox([ask(prediction.question, "Predict", open_explorer)])
    return box


def ask(question, title, then=lambda: None):
    """One question; `then()` is called after every answer."""
    said = ipywidgets.HTML()

    def button(answer):
        made = ipywidgets.Button(description=answer.text.replace("`", ""))
        made.layout.width, made.layout.height = "auto", "auto"

        def answered(_):
            word = "Right." if answer.right else "No."
            says = f"<b>{marked(answer.text)}: {word}</b> {marked(answer.says)}"
            said.value = f'<div role="status">{says}</div>'
            then()

        made.on_click(answered)
        return made

    asked = ipywidgets.HTML(f"<b>{title}.</b> {marked(question.ask)}")
    buttons = ipywidgets.VBox([button(answer) for answer in question.answers])
    return ipywidgets.VBox([asked, buttons, said])
