/**
 * How to start a browser headless, with a profile of its own and quiet on the network. No driver: the page it is sent to does
 * everything and posts what it finds.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Names to look for on PATH, in this order, after the environment variable that test tools commonly read. */
export const CHROMIUM = {
  names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"],
  variable: "CHROME_BIN",
};
export const FIREFOX = { names: ["firefox", "firefox-esr"], variable: "FIREFOX_BIN" };

/** @param {string} profile an empty folder  @param {string} url */
export function chromiumArguments(profile, url) {
  const isRoot = process.getuid?.() === 0; // Chromium refuses to sandbox root
  return [
    "--headless",
    ...(isRoot ? ["--no-sandbox"] : []),
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    // A suite may keep the page busy for minutes.
    "--disable-hang-monitor",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    // macOS asks for the keychain otherwise.
    "--use-mock-keychain",
    "--password-store=basic",
    // Nothing but this machine has a name.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    url,
  ];
}

/** Also writes the profile's preferences. @param {string} profile an empty folder  @param {string} url */
export function firefoxArguments(profile, url) {
  const lines = Object.entries(FIREFOX_PREFERENCES).map(
    ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, "user.js"), `${lines.join("\n")}\n`);
  return ["--headless", "--no-remote", "--profile", profile, url];
}

const FIREFOX_PREFERENCES = {
  // A suite may keep the page busy for minutes: no "slow script" question.
  "dom.max_script_run_time": 0,
  "dom.max_chrome_script_run_time": 0,
  "dom.ipc.reportProcessHangs": false,
  // No first-run pages, no questions.
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "browser.tabs.warnOnClose": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "datareporting.policy.firstRunURL": "",
  "startup.homepage_welcome_url": "",
  "termsofuse.acceptedVersion": 999,
  "trailhead.firstrun.didSeeAboutWelcome": true,
  // No network but the loopback address, which needs no name.
  "network.dns.disabled": true,
  "network.proxy.type": 0,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.dns.disablePrefetch": true,
  "network.prefetch-next": false,
  // No updates, telemetry or services.
  "app.normandy.enabled": false,
  "app.update.auto": false,
  "app.update.enabled": false,
  "browser.newtabpage.activity-stream.feeds.system.topstories": false,
  "browser.region.network.url": "",
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.search.update": false,
  "datareporting.healthreport.uploadEnabled": false,
  "dom.push.connection.enabled": false,
  "extensions.getAddons.cache.enabled": false,
  "extensions.systemAddon.update.enabled": false,
  "extensions.update.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "messaging-system.rsexperimentloader.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.server": "",
  "toolkit.telemetry.unified": false,
};
