// Where the phone is, or why it does not say so. Never silent: after some seconds the reason is given.

const LIMIT_MS = 8000;

/** @typedef {'insecure' | 'missing' | 'wechat' | 'app' | 'refused' | 'failed' | 'silent'} Reason */

/**
 * The reason as the browser's owner can understand it: within another app, that app decides.
 * @param {Reason} reason
 * @param {string} agent as the browser calls itself
 * @returns {Reason}
 */
export function trueReason(reason, agent) {
  if (reason === 'insecure') return reason;
  if (/MicroMessenger/i.test(agent)) return 'wechat';
  if (/Meituan|Eleme|AlipayClient|DingTalk|Lark|Weibo|\bQQ\/|aweme|; wv\)/i.test(agent)) return 'app';
  return reason;
}

/**
 * Whether a moment later the same question may be answered.
 * @param {Reason} reason
 */
export function mayPass(reason) {
  return reason === 'silent' || reason === 'failed';
}

/**
 * Ask for the position once. A position that comes after the limit is given all the same.
 * @param {(position: GeolocationPosition) => void} got
 * @param {(reason: Reason) => void} failed
 */
export function findPosition(got, failed) {
  /** @param {Reason} reason */
  const fail = (reason) => failed(trueReason(reason, navigator.userAgent));
  if (window.isSecureContext === false) {
    fail('insecure');
    return;
  }
  if (!navigator.geolocation) {
    fail('missing');
    return;
  }
  // A rider is 200 m further after half a minute: a position from before is none.
  // The browser's own limit does not count the time in which it asks for permission, and some
  // never answer at all.
  const late = setTimeout(() => fail('silent'), LIMIT_MS);
  navigator.geolocation.getCurrentPosition((position) => {
    clearTimeout(late);
    got(position);
  }, (error) => {
    clearTimeout(late);
    if (error.code === error.PERMISSION_DENIED) fail('refused');
    else fail(error.code === error.TIMEOUT ? 'silent' : 'failed');
  }, { enableHighAccuracy: true, timeout: LIMIT_MS, maximumAge: 5000 });
}
