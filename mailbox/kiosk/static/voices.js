// Which voice of the tablet reads. Only a voice that lives on the tablet: another would send a reply to its maker.
const synthesis = window.speechSynthesis;

// Android writes zh_CN, some Linux voices cmn. Cantonese reads the same characters, but not what children learn to read.
const RANKS = {
  zh: [/^(zh|cmn)[-_](hans[-_])?cn/i, /^(zh|cmn)[-_](hans[-_])?sg/i, /^(zh|cmn)([-_]hans)?$/i, /^(zh|cmn)[-_](hant[-_])?tw/i],
  en: [/^en/i],
};

export function voice() {
  if (!synthesis || !window.SpeechSynthesisUtterance) return null;
  const ranks = RANKS[document.documentElement.lang.slice(0, 2)] || [];
  const rank = (one) => ranks.findIndex((form) => form.test(one.lang));
  const usable = synthesis.getVoices().filter((one) => one.localService === true && rank(one) >= 0);
  return usable.sort((one, other) => rank(one) - rank(other))[0] || null;
}

// Browsers load their voices when asked for the first time, some of them late.
export function onVoices(told) {
  if (!synthesis) return;
  if (synthesis.addEventListener) synthesis.addEventListener("voiceschanged", told);
  else synthesis.onvoiceschanged = told;
}
