// Light, dark, or as the device says. Kept in a cookie, so that the server draws the first frame right.

const YEAR_S = 31_536_000;

/** Makes the three buttons of the menu work. */
export function startTheme() {
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (!choice) return;
    document.cookie = `theme=${choice}; path=/; max-age=${YEAR_S}; samesite=lax`;
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  });
}
