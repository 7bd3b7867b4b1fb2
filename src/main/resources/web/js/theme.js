// Not a module: it must set the colours before the first paint.
(() => {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const stored = () => {
    try {
      return window.localStorage.getItem("winnow.theme");
    } catch {
      return null; // storage is switched off
    }
  };
  const apply = () => {
    const wanted = stored();
    const dark = wanted ? wanted === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  system.addEventListener("change", apply);
  window.winnowTheme = {
    isDark: () => document.documentElement.dataset.theme === "dark",
    flip() {
      const next = this.isDark() ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      try {
        // what the system says anyway needs no memory: then the page follows it again
        const same = (next === "dark") === system.matches;
        same ? localStorage.removeItem("winnow.theme") : localStorage.setItem("winnow.theme", next);
      } catch {
        // it lasts until the page is left
      }
    },
  };
  apply();
})();
