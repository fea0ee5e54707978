// Before the first line is drawn, so that a page does not jump: this child may have switched the 拼音 on or off.
// No module, because modules wait until the page is there. What is kept says nothing of a child; see pinyin.js.
(function () {
  var wish = null;
  try { wish = sessionStorage.getItem("pinyin"); } catch (refused) { /* Storage may be forbidden; then the grade's default stands. */ }
  if (wish) document.documentElement.classList.toggle("with-pinyin", wish === "on");
})();
