; Inno Setup 6: installs dist\facevid-gui for the user who runs it, without admin rights.
; Made on Windows, after "python bootstrap.py build":  iscc /DVersion=0.0.0 resources\desktop\windows\facevid-gui.iss
; Not compiled by our CI, which has Linux only; a test checks that every file named here is in the built folder.
#ifndef Version
  #error Give the version: iscc /DVersion=...
#endif
#define Bundle "..\..\..\dist\facevid-gui"

[Setup]
AppId={{6C9B1B0C-6F0B-4C0B-9C57-1D4C1E6F0F5A}
AppName=facevid
AppVersion={#Version}
DefaultDirName={autopf}\facevid-gui
DefaultGroupName=facevid
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
ChangesEnvironment=no
LicenseFile={#Bundle}\NOTICE.txt
OutputDir=..\..\..\dist
OutputBaseFilename=facevid-gui-{#Version}-windows-x86_64-setup
UninstallDisplayIcon={app}\facevid-gui.exe
CloseApplications=yes
WizardStyle=modern

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[InstallDelete]
; An older version leaves no library behind. Evidence, settings and keys lie elsewhere.
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\facevid"; Filename: "{app}\facevid-gui.exe"

[Registry]
; A zip stays what it is; "Open with facevid" is offered beside it, and on folders.
Root: HKA; Subkey: "Software\Classes\Applications\facevid-gui.exe\shell\open\command"; ValueType: string; ValueData: """{app}\facevid-gui.exe"" ""%1"""; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\.zip\OpenWithList\facevid-gui.exe"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\facevid"; ValueType: string; ValueData: "Open with facevid"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Directory\shell\facevid\command"; ValueType: string; ValueData: """{app}\facevid-gui.exe"" ""%1"""

[Run]
Filename: "{app}\facevid-gui.exe"; Description: "facevid"; Flags: nowait postinstall skipifsilent
