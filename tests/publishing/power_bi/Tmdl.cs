// Reads a folder of TMDL by Microsoft's own parser, and writes it back as that writes it.
using System;
using Microsoft.AnalysisServices.Tabular;

public static class Tmdl
{
    public static int Main(string[] folders)
    {
        try
        {
            var database = TmdlSerializer.DeserializeDatabaseFromFolder(folders[0]);
            var model = database.Model;
            Console.WriteLine(model.Tables.Count + " " + model.Relationships.Count + " " + model.Roles.Count);
            TmdlSerializer.SerializeDatabaseToFolder(database, folders[1]);
            return 0;
        }
        catch (Exception error)
        {
            Console.Error.WriteLine(error.GetType().FullName + ": " + error.Message);
            return 1;
        }
    }
}
