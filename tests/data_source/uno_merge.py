"""LibreOffice's own mail merge, over UNO: one document per row of an .xlsx. Run by a Python that has ``uno``.

    uno_merge.py ACCEPT WORKBOOK SHEET MODEL FOLDER

ACCEPT is what a soffice that is starting listens to; it is ended afterwards.
"""

import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue

SOURCE_NAME = "ResultatsPix"
TO_FILES = 2  # com.sun.star.text.MailMergeType.FILE
TABLE = 0  # com.sun.star.sdb.CommandType.TABLE
PATIENCE = 60.0


def main(accept, workbook, sheet, model, folder):
    context = connected(accept)
    create = context.ServiceManager.createInstanceWithContext
    registered(create("com.sun.star.sdb.DatabaseContext", context), workbook, folder)
    merge = create("com.sun.star.text.MailMerge", context)
    merge.DataSourceName, merge.CommandType, merge.Command = SOURCE_NAME, TABLE, sheet
    merge.DocumentURL, merge.OutputURL = Path(model).as_uri(), Path(folder).as_uri()
    merge.OutputType, merge.FileNamePrefix, merge.SaveFilter = TO_FILES, "page", "MS Word 2007 XML"
    merge.execute(())
    merge.dispose()
    create("com.sun.star.frame.Desktop", context).terminate()


def connected(accept):
    """Return the context of the soffice that is starting."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return resolver.resolve(f"uno:{accept};urp;StarOffice.ComponentContext")
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def registered(sources, workbook, folder):
    """Make the workbook a data source that LibreOffice knows by name."""
    source = sources.createInstance()
    source.URL = f"sdbc:calc:{Path(workbook).as_uri()}"
    source.Info = (PropertyValue("HeaderLine", 0, True, 0),)
    source.DatabaseDocument.storeAsURL((Path(folder).parent / "source.odb").as_uri(), ())
    sources.registerObject(SOURCE_NAME, source)


if __name__ == "__main__":
    main(*sys.argv[1:])
