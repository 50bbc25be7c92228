"""LibreOffice's own mail merge of a .docx with a workbook, one PDF per record; for a Python that has ``uno``.

``python3 libreoffice_merge.py MODEL WORKBOOK FOLDER``. A model of Word's comes without a source for LibreOffice, so
each of its fields is bound to the column that Word would have called so.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE, SHEET = "Source", "Feuil1"


def main(model: Path, workbook: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as profile, office(Path(profile)) as services:
        columns = register(services, workbook, Path(profile))
        bound = Path(profile) / "model.odt"
        bind(services, model, bound, {name_of(column): column for column in columns})
        merge = services("com.sun.star.text.MailMerge")
        for name, value in {
            "DataSourceName": SOURCE,
            "CommandType": 0,
            "Command": SHEET,
            "DocumentURL": bound.as_uri(),
            "OutputType": 2,
            "OutputURL": folder.as_uri(),
            "FileNamePrefix": "page",
            "SaveAsSingleFile": False,
            "SaveFilter": "writer_pdf_Export",
        }.items():
            setattr(merge, name, value)
        merge.execute(())
        merge.dispose()


@contextlib.contextmanager
def office(profile: Path):
    """Yield what creates LibreOffice's services, in an office of our own that ends with the block."""
    import uno

    pipe = f"pipe,name=pix{time.time_ns()}"
    command = ["soffice", f"-env:UserInstallation={(profile / 'user').as_uri()}", "--headless", "--norestore"]
    process = subprocess.Popen([*command, f"--accept={pipe};urp;"], start_new_session=True)
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    try:
        context = connected(resolver, f"uno:{pipe};urp;StarOffice.ComponentContext")
        services = context.ServiceManager
        yield lambda name: services.createInstanceWithContext(name, context)
        with contextlib.suppress(Exception):
            services.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
        process.wait(30)
    finally:
        process.kill()


def connected(resolver, url: str):
    """Return the office's context, once it listens."""
    for _ in range(240):
        with contextlib.suppress(Exception):
            return resolver.resolve(url)
        time.sleep(0.25)
    raise TimeoutError(url)


def register(services, workbook: Path, profile: Path) -> list[str]:
    """Make the workbook a data source of the office; return its columns."""
    context = services("com.sun.star.sdb.DatabaseContext")
    source = context.createInstance()
    source.URL = f"sdbc:calc:{workbook.as_uri()}"
    source.DatabaseDocument.storeAsURL((profile / "source.odb").as_uri(), ())
    context.registerObject(SOURCE, source)
    connection = context.getByName(SOURCE).getConnection("", "")
    found = connection.createStatement().executeQuery(f'SELECT * FROM "{SHEET}"').getMetaData()
    columns = [found.getColumnName(number) for number in range(1, found.getColumnCount() + 1)]
    connection.close()
    return columns


def name_of(column: str) -> str:
    """Return the name that Word gives a column (without the rules that no column of the tests needs)."""
    name = "".join("_" if char == " " else char for char in column[:40] if char.isalnum() or char in " _")
    return name if name[:1].isalpha() else f"M_{name}"


def bind(services, model: Path, bound: Path, columns: dict[str, str]) -> None:
    """Save the model with each of its fields bound to its column of the source."""
    from com.sun.star.beans import PropertyValue

    hidden = PropertyValue(Name="Hidden", Value=True)
    document = services("com.sun.star.frame.Desktop").loadComponentFromURL(model.as_uri(), "_blank", 0, (hidden,))
    every = document.getTextFields().createEnumeration()
    fields = []
    while every.hasMoreElements():
        fields.append(every.nextElement())
    for field in fields:
        if field.supportsService("com.sun.star.text.TextField.Database"):
            master = document.createInstance("com.sun.star.text.fieldmaster.Database")
            master.DataBaseName, master.DataTableName, master.DataCommandType = SOURCE, SHEET, 0
            master.DataColumnName = columns[field.TextFieldMaster.DataColumnName]
            other = document.createInstance("com.sun.star.text.TextField.Database")
            other.attachTextFieldMaster(master)
            other.DataBaseFormat = True
            place = field.getAnchor()
            place.getText().insertTextContent(place, other, True)
    document.storeAsURL(bound.as_uri(), ())
    document.close(True)


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:4]))
