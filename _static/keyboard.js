// The theme's buttons in the header let go of the focus when they are pressed, so that a mouse
// leaves no tooltip behind. A reader who pressed them by a key would lose their place: theirs keep
// it, and what they opened gives the focus back when it closes.

(function () {
  "use strict";

  const BUTTONS = ".sidebar-toggle, .search-button, .theme-switch-button";

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest(BUTTONS);
      if (!button) return;
      const byKey = event.detail === 0;
      if (byKey) button.blur = () => {};
      else delete button.blur;
    },
    true, // before the theme's own listeners
  );
})();
