//! Reads an OCI archive, and finds its parts by their digests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::image::output;

pub struct Archive {
    folder: TempDir,
}

/// One image of the archive.
pub struct Image {
    pub digest: String,
    pub config: Value,
    layer: PathBuf,
}

impl Archive {
    pub fn unpacked(file: &Path, folder: TempDir) -> Self {
        output(Command::new("tar").arg("-xf").arg(file).arg("-C").arg(folder.path()));
        Self { folder }
    }

    fn blob(&self, descriptor: &Value) -> PathBuf {
        self.folder.path().join("blobs").join(descriptor["digest"].as_str().unwrap().replace(':', "/"))
    }

    fn json(&self, descriptor: &Value) -> Value {
        serde_json::from_slice(&fs::read(self.blob(descriptor)).unwrap()).unwrap()
    }

    /// Returns the manifests in the index of images.
    fn manifests(&self) -> Vec<Value> {
        let index: Value = serde_json::from_slice(&fs::read(self.folder.path().join("index.json")).unwrap()).unwrap();
        let of_architectures = self.json(&index["manifests"][0]);
        of_architectures["manifests"].as_array().unwrap().clone()
    }

    pub fn architectures(&self) -> Vec<String> {
        let of = |manifest: &Value| manifest["platform"]["architecture"].as_str().unwrap().to_owned();
        let mut all: Vec<String> = self.manifests().iter().map(of).collect();
        all.sort();
        all
    }

    pub fn image(&self, architecture: &str) -> Image {
        let manifests = self.manifests();
        let descriptor = manifests.iter().find(|m| m["platform"]["architecture"] == architecture).unwrap();
        let manifest = self.json(descriptor);
        let layers = manifest["layers"].as_array().unwrap();
        assert_eq!(layers.len(), 1, "the image has one layer");
        let digest = descriptor["digest"].as_str().unwrap().to_owned();
        Image { digest, config: self.json(&manifest["config"]), layer: self.blob(&layers[0]) }
    }
}

impl Image {
    /// Lists each file with its permissions and owner.
    pub fn listed(&self) -> Vec<String> {
        let list = output(Command::new("tar").args(["--numeric-owner", "-tvzf"]).arg(&self.layer));
        let line = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            format!("{} {} {}", words[0], words[1], words.last().unwrap())
        };
        let mut all: Vec<String> = list.lines().map(line).collect();
        all.sort();
        all
    }

    pub fn unpack(&self, folder: &Path) {
        output(Command::new("tar").arg("-xzf").arg(&self.layer).arg("-C").arg(folder));
    }
}
