pub fn function() {}
