#!/bin/sh
# Installs this folder for the user who runs it, without admin rights; "./install.sh --uninstall" takes it away again.
# What enters: the unpacked archive. What leaves: a copy in ~/.local/opt, two commands in ~/.local/bin, an entry in the
# desktop's menu. Evidence, settings and keys are never touched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_DATA_HOME:-"$HOME/.local/share"}
opt="$HOME/.local/opt/facevid-gui"
if [ -d "$opt" ]; then opt=$(cd "$opt" && pwd); fi
bin="$HOME/.local/bin"

refresh() {
  if command -v update-mime-database >/dev/null; then update-mime-database "$data/mime" || true; fi
  if command -v update-desktop-database >/dev/null; then update-desktop-database "$data/applications" || true; fi
}

remove() {
  if [ -d "$opt/share" ]; then (cd "$opt/share" && find . -type f) | while read -r file; do rm -f "$data/$file"; done; fi
  rm -rf "$opt"
  for name in facevid facevid-gui; do
    case $(readlink "$bin/$name" || true) in "$opt"/*) rm -f "$bin/$name" ;; esac
  done
}

if [ "${1:-}" = "--uninstall" ]; then
  remove
  refresh
  echo "Removed. Evidence, settings and keys are where they were. / 已卸载。证据、设置与密钥保持原样。"
  exit 0
fi
for name in facevid facevid-gui; do
  if [ -e "$bin/$name" ] || [ -L "$bin/$name" ]; then
    case $(readlink "$bin/$name" || true) in
      "$opt"/*) ;;
      *) echo "$bin/$name is there and is not of this program. Move it away, then try again. /" \
           "该文件不属于本程序，请先移走后重试。" >&2; exit 3 ;;
    esac
  fi
done
if [ "$here" != "$opt" ]; then  # the installed copy only sets its commands and entries right
  mkdir -p "$(dirname "$opt")"
  rm -rf "$opt.new"
  cp -R "$here" "$opt.new"  # whole before the old one goes
  remove
  mv "$opt.new" "$opt"
fi
mkdir -p "$bin" "$data"
for name in facevid facevid-gui; do ln -sf "$opt/$name" "$bin/$name"; done
cp -R "$opt/share/." "$data/"
# The menu of a desktop does not always know ~/.local/bin.
sed "s|^Exec=facevid-gui|Exec=\"$opt/facevid-gui\"|" "$opt/share/applications/facevid-gui.desktop" \
  > "$data/applications/facevid-gui.desktop"
refresh
echo "Installed: \"facevid\" is in the menu of your desktop (perhaps after the next login); in a terminal: facevid-gui, facevid."
echo "已安装：应用菜单中已有“facevid”（可能在下次登录后出现）；终端命令：facevid-gui、facevid。"
case ":$PATH:" in
  *":$bin:"*) ;;
  *)
    echo "$bin is not in PATH. Log out and in again; if the commands are still not found, add this line to ~/.profile:"
    echo "$bin 不在 PATH 中。请重新登录；仍找不到命令时，在 ~/.profile 中加入下面一行："
    echo "    export PATH=\"\$HOME/.local/bin:\$PATH\""
    echo "Until then / 在此之前: $bin/facevid-gui" ;;
esac
