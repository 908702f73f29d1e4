;;; emacs.el --- Emacs with eglot, as its users have it -*- lexical-binding: t -*-

;;; Commentary:
;; Opens a file, sees the diagnostic, takes the code action, and the buffer is mended.
;; In: the file in CONNLINT_FILE; the configuration in CONNLINT_CONFIG.  Out: exit code 0, or what went wrong.

;;; Code:

(require 'eglot)

(unless (require 'rust-mode nil t)
  (define-derived-mode rust-mode prog-mode "Rust"))

(load (getenv "CONNLINT_CONFIG") nil t)

(defun wait-for (what condition)
  "Wait until CONDITION holds; WHAT is waited for."
  (let ((end (+ (float-time) 60)))
    (while (not (funcall condition))
      (when (> (float-time) end)
        (error "%s did not come: %S" what (flymake-diagnostics)))
      (flymake-start)
      (accept-process-output nil 0.1))))

(find-file (getenv "CONNLINT_FILE"))
(rust-mode)
(apply #'eglot--connect (eglot--guess-contact))
(flymake-mode 1)

(wait-for "a diagnostic" (lambda () (= 1 (length (flymake-diagnostics)))))
(let* ((found (car (flymake-diagnostics)))
       (marked (buffer-substring (flymake-diagnostic-beg found) (flymake-diagnostic-end found))))
  (unless (equal marked "reqwest::Client::new()")
    (error "The diagnostic stands at `%s'" marked))
  (goto-char (flymake-diagnostic-beg found)))

(let* ((actions (append (eglot-code-actions (point) (point) "quickfix") nil))
       (preferred (seq-find (lambda (action) (eq t (plist-get action :isPreferred))) actions)))
  (unless preferred
    (error "No preferred action: %S" actions))
  (eglot--apply-workspace-edit (plist-get preferred :edit)))

(unless (string-match-p "static HTTP_CLIENT" (buffer-string))
  (error "The buffer is not mended: %s" (buffer-string)))
(eglot--signal-textDocument/didChange)
(wait-for "the end of the diagnostic" (lambda () (null (flymake-diagnostics))))
(save-buffer)
(eglot-shutdown (eglot-current-server))

;;; emacs.el ends here
